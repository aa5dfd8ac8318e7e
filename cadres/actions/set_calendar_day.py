"""Entering, changing and taking out a day of the working calendar."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.load_calendar import restore_day
from cadres.models import NATIONAL, Account, CalendarDay
from cadres.rules.working_days import FIRST_YEAR, LAST_YEAR


@transaction.atomic
def add_calendar_day(
    *,
    by: Account,
    now: datetime,
    region: str,
    date: date,
    is_workday: bool,
    name: str,
    source: str,
) -> CalendarDay:
    """Enter a day that stands in no calendar of this region yet.

    Sent twice, it answers with the day that stands already.

    Raises:
        ValidationError: keyed by argument; the day is already in the calendar.
    """
    same = CalendarDay.objects.filter(
        region=region, date=date, is_workday=is_workday, name=name, source=source
    ).first()
    if same and same.edited_by_id == by.pk:
        return same
    day = CalendarDay(region=region, date=date)
    try:
        # In a transaction of its own, so that a race leaves the outer one usable.
        with transaction.atomic():
            return _write(day, by, now, is_workday, name, source)
    except IntegrityError:
        text = _("This day is already in the calendar.")
        raise ValidationError({"date": ValidationError(text, code="unique")}) from None


@transaction.atomic
def change_calendar_day(
    day: CalendarDay,
    *,
    by: Account,
    now: datetime,
    is_workday: bool,
    name: str,
    source: str,
) -> CalendarDay:
    """Say something else of a day; from then on no loading touches it.

    Raises:
        ValidationError: keyed by argument; code `gone` if it is no longer there.
    """
    return _write(_locked(day), by, now, is_workday, name, source)


@transaction.atomic
def remove_calendar_day(day: CalendarDay) -> None:
    """Take out what the office entered; what is known of the day holds again.

    Raises:
        ValidationError: code `not_own` for a day that was loaded (change it instead);
            code `gone`.
    """
    day = _locked(day)
    if not day.is_own:
        raise ValidationError(
            _("This day comes with the calendar. Change it instead."), code="not_own"
        )
    day.delete()
    if day.region == NATIONAL:
        restore_day(day.date)


def _locked(day: CalendarDay) -> CalendarDay:
    try:
        return CalendarDay.objects.select_for_update().get(pk=day.pk)
    except CalendarDay.DoesNotExist:
        raise ValidationError(
            _("Someone else has taken this day out meanwhile."), code="gone"
        ) from None


def _write(
    day: CalendarDay,
    by: Account,
    now: datetime,
    is_workday: bool,
    name: str,
    source: str,
) -> CalendarDay:
    if not FIRST_YEAR <= day.date.year <= LAST_YEAR:
        text = _("Choose a day between %(first)s and %(last)s.")
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError({"date": ValidationError(text, params=years)})
    if day.region != NATIONAL and source != CalendarDay.Source.LOCAL:
        text = _("Only the nation's calendar has days of the State Council.")
        raise ValidationError({"source": ValidationError(text, code="not_local")})
    day.is_workday, day.name, day.source = is_workday, name.strip(), source
    day.edited_by, day.edited_at = by, now
    try:
        day.full_clean()
    except ValidationError as error:
        # A constraint over region and date speaks of the date.
        if "__all__" in error.error_dict:
            error.error_dict["date"] = error.error_dict.pop("__all__")
        raise
    day.save()
    return day
