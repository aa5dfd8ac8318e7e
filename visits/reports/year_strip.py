"""An official's year, day by day: on which half-days they were at the grassroots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.formats import date_format

from visits.reports.asked import Asked, ByOfficial
from visits.reports.counting import dated_facts
from visits.reports.facts import HALF_DAY
from visits.rules.periods import Period, PeriodKind

DAY = 10  # the width of a day, and its height, in the units of the drawing


@dataclass(frozen=True)
class StripMonth:
    """`halves` are drawn, `label` says which days; `days` is the figure so called."""

    name: str
    url: str
    halves: Sequence[dict[str, Any]]
    label: str
    days: float
    width: int


def year_strip(
    asked: Asked, official: int, year: int, *, link: Callable[[Period], str]
) -> list[StripMonth]:
    """The twelve months, counted as the figure of days is; `link` leads to its rows."""
    of_year = replace(asked, period=Period(PeriodKind.YEAR, year), action=None)
    by_month: dict[int, list[tuple[date, int]]] = {}
    for day, half in _halves(of_year, official):
        by_month.setdefault(day.month, []).append((day, half))
    return [
        _month(Period(PeriodKind.MONTH, year, n), by_month.get(n, []), link)
        for n in range(1, 13)
    ]


def _halves(asked: Asked, official: int) -> list[tuple[date, int]]:
    """Each day with its half: 0 the morning, 1 the afternoon."""
    try:
        head, params = dated_facts(HALF_DAY, asked, ByOfficial((official,)))
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head} SELECT DISTINCT day, half %% 2 FROM dated WHERE period = 0"  # noqa: S608
            " ORDER BY 1, 2",
            params,
        )
        return list(cursor.fetchall())


def _month(
    month: Period, found: list[tuple[date, int]], link: Callable[[Period], str]
) -> StripMonth:
    halves = [
        {
            "x": DAY * (day.day - 1) + 0.5,
            "y": DAY // 2 * half,
            "title": date_format(day, "MONTH_DAY_FORMAT"),
        }
        for day, half in found
    ]
    days = sorted({day.day for day, _half in found})
    return StripMonth(
        date_format(month.first, "YEAR_MONTH_FORMAT"),
        link(month) if found else "",
        halves,
        ", ".join(str(day) for day in days) or "–",
        len(found) / 2,
        DAY * month.last.day,
    )
