"""What someone learned on a visit is written down, changed, shared, or kept back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, District
from visits.actions.refusals import Refusal, refuse
from visits.models import Lesson, LessonVersion, Visit
from visits.rules.visit_states import HELD


def write_lesson(
    visit: Visit,
    *,
    by: Account,
    now: datetime,
    text: str,
    place: District,
    is_shared: bool,
    version: int,
    topic: str = "",
) -> Lesson:
    """Keep `by`'s one note on this visit; how it stood before stays in its history.

    `version` is the one that was read, 0 where there was none. Kept back again, a note
    that was shared is gone from briefings and pages of places at once.

    Raises:
        Refusal: code `not_held`; `not_there` for who is not in the team; `stale`.
        ValidationError: keyed by field; `place`, code `elsewhere`.
    """
    try:
        with transaction.atomic():
            return _write(visit, by, now, text, topic, place, is_shared, version)
    except IntegrityError as error:
        # Written in two windows at once: the first to arrive has won.
        raise stale() from error


def stale() -> Refusal:
    text = _("You have changed this note in another window. Compare, then save again.")
    return Refusal(text, code="stale")


def _write(
    visit: Visit,
    by: Account,
    now: datetime,
    text: str,
    topic: str,
    place: District,
    is_shared: bool,
    version: int,
) -> Lesson:
    _check(visit, by, place)
    found = Lesson.objects.select_for_update(of=("self",)).filter(
        visit=visit, author=by
    )
    lesson = found.first() or Lesson(visit=visit, author=by, version=0, written_at=now)
    text, topic = text.strip(), topic.strip()
    stands = (lesson.text, lesson.topic, lesson.place_id, lesson.is_shared)
    if stands == (text, topic, place.pk, is_shared):
        return lesson
    if lesson.version != version:
        raise stale()
    if lesson.pk:
        LessonVersion.objects.create(
            lesson=lesson,
            number=lesson.version,
            text=lesson.text,
            topic=lesson.topic,
            place_id=lesson.place_id,
            shared_at=lesson.shared_at,
            until=now,
        )
    lesson.text, lesson.topic = text, topic
    lesson.shared_at = (lesson.shared_at or now) if is_shared else None
    lesson.version, lesson.changed_at = version + 1, now
    lesson.settle_at(place)
    lesson.full_clean()
    lesson.save()
    return lesson


def _check(visit: Visit, by: Account, place: District) -> None:
    if visit.state not in HELD:
        refuse(_("Log the visit first."), code="not_held")
    if not visit.team.filter(official=by.cadre_id).exists():
        refuse(_("Only who was there writes what they learned."), code="not_there")
    if not visit.stops.filter(place=place).exists():
        text = _("The visit did not go there.")
        raise ValidationError({"place": ValidationError(text, code="elsewhere")})
