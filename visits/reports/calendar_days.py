"""Which days of a calendar are days of rest, and what they are called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

from cadres.models import CalendarDay
from cadres.rules.working_days import Kind

# Plain working days and weekends need no name.
NAMED = (Kind.HOLIDAY, Kind.MAKE_UP)


@dataclass(frozen=True)
class Day:
    date: date
    is_rest: bool
    is_today: bool
    # The holiday's name, or for which one a weekend day is worked.
    label: str
    # How it is written: in addresses, short, and short with its weekday before it.
    key: str
    month_day: str
    weekday: str

    @property
    def words(self) -> str:
        return f"{self.weekday} {self.month_day}"


def calendar_days(days: Iterable[date], *, today: date) -> dict[date, Day]:
    """`days` with what the office's calendar says of them."""
    language = get_language()
    working = CalendarDay.objects.working_calendar()
    return {
        day: Day(
            day,
            is_rest=not working.is_workday(day),
            is_today=day == today,
            label=working.why(day) if working.kind(day) in NAMED else "",
            key=day.isoformat(),
            month_day=_written(day, "MONTH_DAY_FORMAT", language),
            weekday=_written(day, "D", language),
        )
        for day in days
    }


@lru_cache(maxsize=2000)
def _written(day: date, form: str, language: str | None) -> str:
    return date_format(day, form)
