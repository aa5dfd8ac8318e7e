"""The weeks and months that a calendar shows, and how addresses write them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

YEARS = range(2000, 2100)  # further off is a slip of the pen, not a plan


@dataclass(frozen=True)
class Span:
    """Whole days; `first` and `last` both belong to it."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(length)]

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Week(Span):
    """Monday to Sunday, written as 2026-W48 (ISO 8601)."""

    @classmethod
    def of(cls, day: date) -> Self:
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6))

    @classmethod
    def read(cls, text: str, *, today: date) -> Self:
        """The week that `text` names; the present one if it names none."""
        found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text, re.ASCII)
        if found and int(found[1]) in YEARS:
            try:
                return cls.of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
            except ValueError:
                pass
        return cls.of(today)

    @property
    def year(self) -> int:
        return self.first.isocalendar().year

    @property
    def number(self) -> int:
        return self.first.isocalendar().week

    @property
    def key(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @property
    def before(self) -> Self:
        return self.of(self.first - timedelta(days=7))

    @property
    def after(self) -> Self:
        return self.of(self.first + timedelta(days=7))


@dataclass(frozen=True)
class Month(Span):
    """A month, written as 2026-11."""

    @classmethod
    def of(cls, day: date) -> Self:
        first = day.replace(day=1)
        return cls(first, (first + timedelta(days=31)).replace(day=1) - timedelta(1))

    @classmethod
    def read(cls, text: str, *, today: date) -> Self:
        """The month that `text` names; the present one if it names none."""
        found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text, re.ASCII)
        if found and int(found[1]) in YEARS and 1 <= int(found[2]) <= 12:
            return cls.of(date(int(found[1]), int(found[2]), 1))
        return cls.of(today)

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> Self:
        return self.of(self.first - timedelta(days=1))

    @property
    def after(self) -> Self:
        return self.of(self.last + timedelta(days=1))

    @property
    def weeks(self) -> list[list[date]]:
        """Whole weeks, with the days of the neighbouring months that fill them."""
        weeks, week = [], Week.of(self.first)
        while week.first <= self.last:
            weeks.append(week.days)
            week = week.after
        return weeks


def quarter_of(day: date) -> Span:
    """The quarter of the year that `day` lies in."""
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Span(first, Month.of(first + timedelta(days=70)).last)
