"""Visits that recur: on which days, and what of days of rest (handbook 4, 11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cadres.rules.working_days import WorkingCalendar

MOST_DATES = 60


class Every(TextChoices):
    WEEKS = "weeks", _("Every week, or every few weeks, on a weekday")
    NTH = "nth", _("Monthly, on the same weekday of the month")
    DAY = "day", _("Monthly, on the same day of the month")


class OnRest(TextChoices):
    """What becomes of a date that is a day of rest."""

    SKIP = "skip", _("Leave it out")
    NEXT = "next", _("The next working day")
    PREVIOUS = "previous", _("The working day before")


class Skip(TextChoices):
    """Why a date of a series is not booked."""

    REST = "rest", _("Day of rest")
    SAME_DAY = "same_day", _("Falls on another date of the series")
    TAKEN = "taken", _("The official is taken")
    AWAY = "away", _("The official is away")
    CROWDED = "crowded", _("Others go there around that day")
    OTHER = "other", _("Cannot be planned")


@dataclass(frozen=True)
class Pattern:
    """When a series takes place, from `first` until `last` or for `count` dates.

    `interval` counts weeks or months. `weekday` is 0 on Monday; `nth` is 1 to 4, or -1
    for the last of the month. In a month that is too short, `month_day` is its last
    day.
    """

    every: str
    first: date
    interval: int = 1
    weekday: int | None = None
    nth: int | None = None
    month_day: int | None = None
    last: date | None = None
    count: int | None = None
    on_rest: str = OnRest.SKIP


@dataclass(frozen=True)
class Due:
    """One date of a series: `day` by its pattern, and the day on which it is held.

    `on` is None if it is left out, and `skip` and `why` say for what. `moved` says
    that a day of rest shifted it; `provisional` that no plan has confirmed the day.
    """

    day: date
    on: date | None
    skip: str = ""
    why: str = ""
    provisional: bool = False

    @property
    def moved(self) -> bool:
        return self.on is not None and self.on != self.day


def dates_of(pattern: Pattern, calendar: WorkingCalendar) -> list[Due]:
    """The dates of a series in order, at most MOST_DATES, each with its reason.

    A working day that the pattern names belongs to its own date; a date that a day of
    rest would shift onto it is left out. Make-up days count as working days.
    """
    days = list(_days(pattern))
    taken = {day for day in days if calendar.is_workday(day)}
    dates = []
    for day in days:
        why, on = calendar.why(day), _held_on(day, pattern.on_rest, calendar)
        provisional = not calendar.is_confirmed(on or day)
        if calendar.is_workday(day):
            dates.append(Due(day, day, provisional=provisional))
        elif on is None:
            dates.append(Due(day, None, Skip.REST, why, provisional))
        elif on in taken or on < pattern.first:
            dates.append(Due(day, None, Skip.SAME_DAY, why, provisional))
        else:
            taken.add(on)
            dates.append(Due(day, on, why=why, provisional=provisional))
    return dates


def _held_on(day: date, on_rest: str, calendar: WorkingCalendar) -> date | None:
    if on_rest == OnRest.NEXT:
        return calendar.workday_from(day)
    if on_rest == OnRest.PREVIOUS:
        return calendar.workday_until(day)
    return day if calendar.is_workday(day) else None


def _days(pattern: Pattern) -> Iterator[date]:
    most = min(pattern.count or MOST_DATES, MOST_DATES)
    candidates = _weekly(pattern) if pattern.every == Every.WEEKS else _monthly(pattern)
    for number, day in enumerate(candidates):
        if number == most or (pattern.last and day > pattern.last):
            return
        yield day


def _weekly(pattern: Pattern) -> Iterator[date]:
    weekday = pattern.first.weekday() if pattern.weekday is None else pattern.weekday
    day = pattern.first + timedelta(days=(weekday - pattern.first.weekday()) % 7)
    while True:
        yield day
        day += timedelta(weeks=pattern.interval)


def _monthly(pattern: Pattern) -> Iterator[date]:
    months = pattern.first.year * 12 + pattern.first.month - 1
    while True:
        first = date(months // 12, months % 12 + 1, 1)
        day = _in_month(first, pattern)
        if day >= pattern.first:
            yield day
        months += pattern.interval


def _in_month(first: date, pattern: Pattern) -> date:
    after = (first + timedelta(days=31)).replace(day=1)
    last = after - timedelta(days=1)
    if pattern.every == Every.DAY:
        return first.replace(day=min(pattern.month_day or 1, last.day))
    weekday = pattern.weekday or 0
    if (pattern.nth or 1) < 0:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    ahead = timedelta(days=(weekday - first.weekday()) % 7)
    return first + ahead + timedelta(weeks=(pattern.nth or 1) - 1)
