"""Lessons that colleagues share, where they are of use: at a place, before a visit."""

from collections.abc import Sequence

from django.db.models import BooleanField, Case, Q, Value, When

from cadres.models import Account, District
from visits.models import Lesson, Visit
from visits.rules.visit_states import HELD

IN_BRIEFING, AT_PLACE = 3, 5


def lessons_for(place: District) -> Sequence[Lesson]:
    """Of the place, then of its township, newest first.

    For who reads the briefing of a visit there.
    """
    here = Q(**{place.subtree_column: place.pk})
    near = here | Q(township=place.township_id) if place.township_id else here
    is_here = Case(
        When(here, then=Value(True)), default=False, output_field=BooleanField()
    )
    rows = Lesson.objects.shared().filter(near).annotate(is_here=is_here)
    return list(rows.for_list().order_by("-is_here", "-shared_at", "-pk")[:IN_BRIEFING])


def lessons_at(place: District, reader: Account) -> Sequence[Lesson]:
    """Shared ones of the place and below, newest first, as far as `reader` may see."""
    rows = Lesson.objects.visible_to(reader).shared().at(place)
    return list(rows.for_list().order_by("-shared_at", "-pk")[:AT_PLACE])


def may_write(visit: Visit, user: Account) -> bool:
    """Who was there, once it is logged."""
    if visit.state not in HELD or not user.cadre_id:
        return False
    return visit.team.filter(official=user.cadre_id).exists()


def own_lesson(visit: Visit, user: Account) -> Lesson | None:
    return Lesson.objects.filter(visit=visit, author=user).for_list().first()
