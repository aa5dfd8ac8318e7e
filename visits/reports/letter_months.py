"""In time by month: the legal limits of letters, over the year up to a period's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise

from visits.reports.letter_report import CLOCKS, FIGURES, LetterQuestion
from visits.rules.letter_states import Clock
from visits.rules.periods import Period, PeriodKind, period_of
from visits.rules.shares import share
from visits.rules.small_counts import Told, told

LIMITS = (Clock.ROUTE, Clock.NOTICE, Clock.NOTICE_FORWARDED, Clock.HANDLE)
PARTS = ("kept", "late", "open")  # from the ground up
MONTHS = 12
STEP, BAR, HEIGHT = 10, 7, 40  # of the drawing: a month, its bar, the highest bar


@dataclass(frozen=True)
class LimitMonth:
    """Of one limit: the letters it ended for in the month, and of them each part."""

    clock: str
    due: Told
    kept: Told
    late: Told
    open: Told
    percent: int | None


@dataclass(frozen=True)
class LimitChart:
    """One bar a month. Where counts leave the office in steps there is no chart."""

    clock: str
    label: str | Promise
    bars: Sequence[dict[str, Any]]
    most: int


@dataclass(frozen=True)
class LetterMonths:
    charts: list[LimitChart]
    lines: list[tuple[Period, list[LimitMonth]]]


def letter_months(asked: LetterQuestion) -> LetterMonths:
    months = list(_months(asked.period))
    found = _counted(asked, months)
    charts = []
    if asked.is_exact:
        drawn = [_chart(clock, months, found) for clock in LIMITS]
        charts = [chart for chart in drawn if chart.most]
    lines = [
        (month, [_cell(asked, clock, found.get(month.first, {})) for clock in LIMITS])
        for month in months
    ]
    return LetterMonths(charts, lines)


def _months(period: Period) -> Sequence[Period]:
    """The last months up to the end of the period, oldest first."""

    def back(month: Period | None) -> Any:
        while month:
            yield month
            month = month.previous

    last = period_of(PeriodKind.MONTH, period.last)
    return list(islice(back(last), MONTHS))[::-1]


def _counted(
    asked: LetterQuestion, months: Sequence[Period]
) -> dict[date, dict[str, int]]:
    """By the month's first day, the figures of the report by their names."""
    figures = [FIGURES[f"{it}_{clock}"] for clock in LIMITS for it in ("due", *PARTS)]
    lines = CLOCKS.model.objects.filter(
        letter__in=asked.letters(),
        legal_on__range=(months[0].first, months[-1].last),
    )
    counts = {
        it.name: Count(CLOCKS.letter, distinct=True, filter=it.where) for it in figures
    }
    rows = lines.order_by().values(month=TruncMonth("legal_on")).annotate(**counts)
    return {row.pop("month"): row for row in rows}


def _cell(asked: LetterQuestion, clock: Clock, found: dict[str, int]) -> LimitMonth:
    counts = {it: found.get(f"{it}_{clock}", 0) for it in ("due", *PARTS)}
    exact = asked.is_exact
    said = {it: told(n, least=asked.least, is_exact=exact) for it, n in counts.items()}
    percent = share(counts["kept"], counts["due"], min_base=asked.min_base)
    return LimitMonth(
        clock,
        said["due"],
        said["kept"],
        said["late"],
        said["open"],
        percent if exact else None,
    )


def _chart(
    clock: Clock, months: Sequence[Period], found: dict[date, dict[str, int]]
) -> LimitChart:
    counts = [
        [found.get(month.first, {}).get(f"{it}_{clock}", 0) for it in PARTS]
        for month in months
    ]
    most = max(sum(parts) for parts in counts)
    bars = []
    for number, (month, parts) in enumerate(zip(months, counts, strict=True)):
        ground = float(HEIGHT)
        for name, n in zip(PARTS, parts, strict=True):
            if n:
                height = HEIGHT * n / most
                ground -= height
                bars.append(
                    {
                        "x": STEP * number + (STEP - BAR) / 2,
                        "y": ground,
                        "height": height,
                        "part": name,
                        "title": f"{month.name}: {n}",
                    }
                )
    return LimitChart(clock, clock.label, bars, most)
