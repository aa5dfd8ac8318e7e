"""Which days of a calendar are days of rest, and what they are called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cadres.models import CalendarDay

REGION = "national"


@dataclass(frozen=True)
class Day:
    date: date
    is_rest: bool
    is_today: bool
    # The holiday's name, or that a weekend day is worked.
    label: str


def calendar_days(days: Iterable[date], *, today: date) -> dict[date, Day]:
    """`days` with what the office's calendar says of them."""
    days = list(days)
    is_workday = CalendarDay.objects.working_calendar().is_workday
    marked = CalendarDay.objects.filter(
        region=REGION, date__range=(min(days), max(days))
    )
    names = dict(marked.values_list("date", "name"))
    return {
        day: Day(
            day,
            is_rest=not is_workday(day),
            is_today=day == today,
            label=_label(day, names.get(day, ""), works=is_workday(day)),
        )
        for day in days
    }


def _label(day: date, name: str, *, works: bool) -> str:
    if works:
        is_made_up = day.weekday() >= 5  # Saturday, Sunday
        return _("Make-up working day") if is_made_up else ""
    return name
