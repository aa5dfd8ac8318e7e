"""The petitioner's own word on office and unit: voluntary, without a name."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.actions.refusals import refuse
from visits.models import Letter, Rating
from visits.reports.letter_progress import (
    answered_day,
    is_code_new,
    new_code_day,
    rate_until,
)
from visits.rules.lookup import is_answered_elsewhere


@transaction.atomic
def rate_letter(
    letter: Letter,
    *,
    office_grade: int | None,
    unit_grade: int | None,
    now: datetime,
) -> Rating:
    """Rate either or both, once a letter; until the window ends it can be changed.

    Raises:
        Refusal: code `not_rated` (sealed and litigation matters), `too_late` (or not
            answered yet), `new_code` (made a few days ago: a rating is the
            petitioner's own, never that of whoever made the code), `nothing`.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if is_answered_elsewhere(is_sealed=letter.is_sealed, category=letter.category):
        refuse(_("This cannot be rated."), code="not_rated")
    today = timezone.localdate(now)
    until = rate_until(answered_day(letter))
    if until is None or until < today:
        refuse(_("This cannot be rated now."), code="too_late")
    if is_code_new(new_code_day(letter), on=today):
        refuse(_("This cannot be rated now."), code="new_code")
    if office_grade is None and unit_grade is None:
        refuse(_("Choose at least one answer."), code="nothing")
    rating = Rating.objects.filter(letter=letter).first() or Rating(letter=letter)
    rating.office_grade, rating.unit_grade, rating.on = office_grade, unit_grade, today
    rating.full_clean()
    rating.save()
    return rating
