"""The periods of reports: week, month, quarter, half-year, year (handbook 9.3)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.rules.months import months_later


class PeriodKind(TextChoices):
    WEEK = "week", gettext_lazy("Week")
    MONTH = "month", gettext_lazy("Month")
    QUARTER = "quarter", gettext_lazy("Quarter")
    HALF = "half", gettext_lazy("Half-year")
    YEAR = "year", gettext_lazy("Year")


# How many months it has, and how it is written after the year.
MONTHS = {
    PeriodKind.MONTH: (1, "-{:02}"),
    PeriodKind.QUARTER: (3, "-Q{}"),
    PeriodKind.HALF: (6, "-H{}"),
    PeriodKind.YEAR: (12, ""),
}
FIRST_YEAR, LAST_YEAR = 1990, 2199
CODE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<kind>[WQH]?)(?P<number>[0-9]{1,2}))?", re.ASCII
)
KIND_OF_LETTER = {
    "W": PeriodKind.WEEK,
    "": PeriodKind.MONTH,
    "Q": PeriodKind.QUARTER,
    "H": PeriodKind.HALF,
}


@dataclass(frozen=True)
class Period:
    """The `number`-th week, month … of `year`; a week belongs to its ISO year."""

    kind: PeriodKind
    year: int
    number: int = 1

    @property
    def first(self) -> date:
        if self.kind == PeriodKind.WEEK:
            return date.fromisocalendar(self.year, self.number, 1)
        months, _form = MONTHS[self.kind]
        return date(self.year, (self.number - 1) * months + 1, 1)

    @property
    def last(self) -> date:
        """The last day, which belongs to it."""
        if self.kind == PeriodKind.WEEK:
            return self.first + timedelta(days=6)
        months, _form = MONTHS[self.kind]
        year, month = divmod(self.year * 12 + self.number * months, 12)
        return date(year, month + 1, 1) - timedelta(days=1)

    @property
    def code(self) -> str:
        """As it stands in an address: 2026-W48, 2026-11, 2026-Q4, 2026-H2, 2026."""
        if self.kind == PeriodKind.WEEK:
            return f"{self.year}-W{self.number:02}"
        return f"{self.year}{MONTHS[self.kind][1].format(self.number)}"

    @property
    def name(self) -> str:
        if self.kind == PeriodKind.MONTH:
            return date_format(self.first, "YEAR_MONTH_FORMAT")
        words = {
            PeriodKind.WEEK: _("Week %(number)s of %(year)s"),
            PeriodKind.QUARTER: _("Quarter %(number)s of %(year)s"),
            PeriodKind.HALF: _("Half-year %(number)s of %(year)s"),
            PeriodKind.YEAR: _("Year %(year)s"),
        }
        return words[self.kind] % {"number": self.number, "year": self.year}

    @property
    def previous(self) -> Self | None:
        return self._shifted(self.first - timedelta(days=1))

    @property
    def year_before(self) -> Self | None:
        """The same of the year before; None if that is the previous one anyway."""
        day = self.first - timedelta(days=364)
        if self.kind != PeriodKind.WEEK:
            day = self.first.replace(year=self.year - 1)
        found = self._shifted(day)
        return None if found == self.previous else found

    @property
    def next(self) -> Self | None:
        return self._shifted(self.last + timedelta(days=1))

    def _shifted(self, day: date) -> Self | None:
        found = period_of(self.kind, day)
        in_range = FIRST_YEAR <= found.year <= LAST_YEAR
        return type(self)(found.kind, found.year, found.number) if in_range else None

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def as_kind(self, kind: PeriodKind, *, today: date) -> "Period":
        """The period of another kind around today, or around this one's last day."""
        return period_of(kind, today if self.contains(today) else self.last)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of that kind in which the day lies."""
    if kind == PeriodKind.WEEK:
        year, week, _weekday = day.isocalendar()
        return Period(kind, year, week)
    months, _form = MONTHS[kind]
    return Period(kind, day.year, (day.month - 1) // months + 1)


def parse_period(code: str) -> Period | None:
    """Return the period that `code` names, or None if it names none."""
    found = CODE.fullmatch(code)
    if not found or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    year = int(found["year"])
    if found["number"] is None:
        return Period(PeriodKind.YEAR, year)
    period = Period(KIND_OF_LETTER[found["kind"]], year, int(found["number"]))
    try:
        exists = period.number > 0 and period_of(period.kind, period.first) == period
    except ValueError:
        return None
    return period if exists else None


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier, or the last one that month has."""
    return months_later(day, -months)
