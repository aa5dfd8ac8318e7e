"""Working days, and the dates that hang on them (domain handbook, section 11).

Dates are calendar dates of the office; the day ends at 24:00. There is no clock here
and no table: a `WorkingCalendar` is made of the days that the office has on record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.rules.holidays import holiday_name

ONE = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2001, 2099  # before, Saturdays were not always free
# A plan may touch the days before its New Year: those of 2019 began on 29 December.
LAST_SETTLED = (12, 24)


class Source(TextChoices):
    """On whose word a day stands in the calendar."""

    PLAN = "plan", gettext_lazy("State Council plan")
    STATUTORY = "statutory", gettext_lazy("Statutory day, plan not yet published")
    LOCAL = "local", gettext_lazy("Local decision")


class Kind(TextChoices):
    WORKDAY = "workday", gettext_lazy("Working day")
    MAKE_UP = "make_up", gettext_lazy("Make-up working day")
    WEEKEND = "weekend", gettext_lazy("Weekend")
    HOLIDAY = "holiday", gettext_lazy("Holiday")


@dataclass(frozen=True)
class Entry:
    """What is on record for one day."""

    is_workday: bool
    name: str
    source: str


@dataclass(frozen=True)
class Explained:
    """A day that an answer passed over, or counted although it is a weekend."""

    day: date
    why: str


@dataclass(frozen=True)
class Due:
    """When a clock ends, and how that came about.

    `legal` is what the law says; `safe` the last working day not after it, by which an
    office acts; `rolled` the first working day not before it, until which a petitioner
    is in time. `provisional`: it rests on days that no plan has confirmed yet.
    `skipped` are the rest days that made a difference; `made_up` the weekend days that
    counted as working days.
    """

    start: date
    legal: date
    safe: date
    rolled: date
    provisional: bool
    skipped: tuple[Explained, ...] = ()
    made_up: tuple[Explained, ...] = ()


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def years_with_plan(entries: Mapping[date, Entry]) -> frozenset[int]:
    """The years of which the plan is known: some of its days, no day still waiting.

    December does not speak for its year: the days may belong to the next year's plan.
    """
    planned = {
        day.year
        for day, entry in entries.items()
        if entry.source == Source.PLAN and day.month < 12
    }
    waiting = {
        day.year for day, entry in entries.items() if entry.source == Source.STATUTORY
    }
    return frozenset(planned - waiting)


@dataclass(frozen=True)
class WorkingCalendar:
    """The days of one region: its own where it has them, else the nation's.

    A day that is on no record is a working day from Monday to Friday.
    """

    entries: Mapping[date, Entry] = field(default_factory=dict)
    confirmed_years: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, national: Mapping[date, Entry], own: Mapping[date, Entry] | None = None
    ) -> "WorkingCalendar":
        return cls({**national, **(own or {})}, years_with_plan(national))

    def is_workday(self, day: date) -> bool:
        entry = self.entries.get(day)
        return entry.is_workday if entry else not is_weekend(day)

    def is_confirmed(self, day: date) -> bool:
        """Whether somebody has decided on this day: the year's plan, or the office.

        The last week of a year stays open until the next year's plan is known.
        """
        entry = self.entries.get(day)
        if entry and entry.source != Source.STATUTORY:
            return True
        if day.year not in self.confirmed_years:
            return False
        settled = (day.month, day.day) <= LAST_SETTLED
        return settled or day.year + 1 in self.confirmed_years

    def kind(self, day: date) -> Kind:
        if self.is_workday(day):
            return Kind.MAKE_UP if is_weekend(day) else Kind.WORKDAY
        return Kind.HOLIDAY if day in self.entries else Kind.WEEKEND

    def why(self, day: date) -> str:
        """Why the day is a rest day or worked, in words; empty on a plain workday."""
        entry = self.entries.get(day)
        if entry:
            return holiday_name(entry.name)
        return _("weekend") if is_weekend(day) else ""

    def after_days(self, start: date, days: int) -> Due:
        """The end of a clock of calendar days; `start` itself is not counted.

        Raises:
            ValueError: `days` is negative.
            OverflowError: the end lies outside the calendar.
        """
        if days < 0:
            raise ValueError(days)
        legal = start + timedelta(days=days)
        safe, rolled = self.workday_until(legal), self.workday_from(legal)
        passed = list(_days(safe, rolled))
        return self._due(start, legal, safe, rolled, passed, [legal, *passed])

    def after_workdays(self, start: date, days: int) -> Due:
        """The end of a clock of working days: the first is the one after `start`.

        Raises:
            ValueError: fewer than one day.
            OverflowError: the end lies outside the calendar.
        """
        if days < 1:
            raise ValueError(days)
        legal, left = start, days
        while left:
            legal += ONE
            left -= self.is_workday(legal)
        passed = list(_days(start + ONE, legal))
        return self._due(start, legal, legal, legal, passed, passed)

    def workdays_between(self, start: date, last: date) -> int:
        """How many working days lie after `start`, up to and including `last`."""
        return sum(self.is_workday(day) for day in _days(start + ONE, last))

    def workday_until(self, day: date) -> date:
        """The last working day that is not after `day`."""
        while not self.is_workday(day):
            day -= ONE
        return day

    def workday_from(self, day: date) -> date:
        """The first working day that is not before `day`."""
        while not self.is_workday(day):
            day += ONE
        return day

    def _due(
        self,
        start: date,
        legal: date,
        safe: date,
        rolled: date,
        passed: list[date],
        rests_on: list[date],
    ) -> Due:
        return Due(
            start,
            legal,
            safe,
            rolled,
            provisional=not all(self.is_confirmed(day) for day in rests_on),
            skipped=self._explained(d for d in passed if not self.is_workday(d)),
            made_up=self._explained(d for d in passed if self.kind(d) == Kind.MAKE_UP),
        )

    def _explained(self, days: Iterator[date]) -> tuple[Explained, ...]:
        return tuple(Explained(day, self.why(day)) for day in days)


def _days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
