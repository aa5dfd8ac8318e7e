"""Lessons that colleagues share: at a place, before a visit, and all of them."""

from collections.abc import Sequence

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When

from cadres.models import Account, District
from visits.models import Lesson, Visit
from visits.models.lesson import LessonQuerySet
from visits.rules.visit_states import HELD

AT_PLACE = 5
TOPICS = 200  # to choose from in the list of all


def lessons_for(place: District, *, purpose: str) -> LessonQuerySet:
    """Of the place, then of its township, then on a topic that `purpose` names.

    Newest first in each, for who reads the briefing of a visit with that purpose there.
    """
    here = Q(**{place.subtree_column: place.pk})
    near = Q(township=place.township_id) if place.township_id else Q(pk__in=[])
    rows = Lesson.objects.shared().annotate(
        purpose=Value(purpose, output_field=CharField()),
        nearness=Case(
            When(here, then=Value(0)),
            When(near, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
    )
    on_topic = ~Q(topic="") & Q(purpose__contains=F("topic"))
    found = rows.filter(here | near | on_topic).for_list()
    return found.order_by("nearness", "-shared_at", "-pk")


def lessons_at(place: District, reader: Account) -> Sequence[Lesson]:
    """Shared ones of the place and below, newest first, as far as `reader` may see."""
    rows = Lesson.objects.visible_to(reader).shared().at(place)
    return list(rows.for_list().order_by("-shared_at", "-pk")[:AT_PLACE])


def lessons_shared(
    reader: Account, *, place: District | None = None, topic: str = ""
) -> LessonQuerySet:
    """All that colleagues, and `reader`, share of places in the reader's sight."""
    rows = Lesson.objects.visible_to(reader).shared()
    if place:
        rows = rows.at(place)
    return rows.filter(topic=topic) if topic else rows


def topics_shared(reader: Account) -> Sequence[str]:
    """The topics that these lessons name."""
    named = lessons_shared(reader).exclude(topic="").order_by("topic")
    return list(named.values_list("topic", flat=True).distinct()[:TOPICS])


def may_write(visit: Visit, user: Account) -> bool:
    """Who was there, once it is logged."""
    if visit.state not in HELD or not user.cadre_id:
        return False
    return visit.team.filter(official=user.cadre_id).exists()


def own_lesson(visit: Visit, user: Account) -> Lesson | None:
    return Lesson.objects.filter(visit=visit, author=user).for_list().first()
