"""When visits crowd a place (handbook, section 10: 扎堆调研)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Span:
    """Days at one place; both belong to it. Ids of its county and township.

    `prefecture` and `department` (a unit above that city) are only set where both
    count: one department is not twice in one city at the same time.
    """

    county: int | None
    township: int | None
    first: date
    last: date
    prefecture: int | None = None
    department: int | None = None


def days_apart(one: Span, other: Span) -> int:
    """Days between two spans; 0 when they share one."""
    if one.first > other.last:
        return (one.first - other.last).days
    if other.first > one.last:
        return (other.first - one.last).days
    return 0


def crowds(wanted: Span, other: Span, *, county_days: int, township_days: int) -> bool:
    """Whether `other` is too near to `wanted`, in place and time.

    0 days switches a check off. A village counts with its township.
    """
    apart = days_apart(wanted, other)
    if apart == 0 and wanted.department and wanted.prefecture:
        department, city = wanted.department, wanted.prefecture
        if (other.department, other.prefecture) == (department, city):
            return True
    same_township = wanted.township and wanted.township == other.township
    if same_township and township_days and apart <= township_days:
        return True
    same_county = wanted.county and wanted.county == other.county
    return bool(same_county and county_days and apart <= county_days)


def quieter_days(
    wanted: Span,
    others: Iterable[Span],
    *,
    county_days: int,
    township_days: int,
    not_before: date,
    is_workday: Callable[[date], bool],
    count: int = 3,
    horizon: int = 60,
) -> list[date]:
    """The nearest working days on which nothing crowds a visit to that place."""
    others = list(others)
    length = wanted.last - wanted.first
    found: list[date] = []
    for offset in range(1, horizon + 1):
        for day in (
            wanted.first - timedelta(days=offset),
            wanted.first + timedelta(days=offset),
        ):
            moved = replace(wanted, first=day, last=day + length)
            if day < not_before or not is_workday(day):
                continue
            if not any(
                crowds(
                    moved,
                    other,
                    county_days=county_days,
                    township_days=township_days,
                )
                for other in others
            ):
                found.append(day)
        if len(found) >= count:
            break
    return sorted(found[:count])
