"""Half-days: the unit in which days at the grassroots are counted (handbook 4.5).

A half-day is one whole number, so that a database can hold, compare and count it:
twice the proleptic ordinal of its date, plus one for the afternoon. The morning ends
at noon; the evening belongs to the afternoon.
"""

from datetime import date, datetime, timedelta


def half_day(day: date, *, afternoon: bool) -> int:
    return day.toordinal() * 2 + afternoon


def date_of(half: int) -> date:
    return date.fromordinal(half // 2)


def halves_between(first: date, last: date) -> tuple[int, int]:
    """The first and last half-day of a period of whole days, both included."""
    return half_day(first, afternoon=False), half_day(last, afternoon=True)


def half_days(starts_at: datetime, ends_at: datetime) -> list[int]:
    """The half-days that a span touches; both times local, the end not included."""
    last = ends_at - timedelta(microseconds=1)
    return list(
        range(
            half_day(starts_at.date(), afternoon=starts_at.hour >= 12),
            half_day(last.date(), afternoon=last.hour >= 12) + 1,
        )
    )
