"""The mix of the four kinds of work, as a bar of parts and in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from visits.reports.asked import BEFORE, NOW
from visits.reports.counting import Counts, Key, Number
from visits.reports.figures import KINDS
from visits.reports.table import Cell, Link, number
from visits.rules.activities import SHORT, Activity


@dataclass(frozen=True)
class MixBar:
    """As long for few visits as for many: it says what was done, not how much."""

    period: str
    parts: Sequence[dict[str, Any]]
    label: str


@dataclass(frozen=True)
class Mix:
    """A bar for each period; and for each kind, by its code, a cell for each period."""

    bars: Sequence[MixBar]
    lines: Sequence[tuple[str, Sequence[Cell]]]


def mix(counts: Counts, key: Key, link: Link, *, now: str, before: str) -> Mix | None:
    """Of the period and of the one before it, by these names; `before` may be empty.

    None where neither has any.
    """
    found = {
        (period, name): [counts.of(figure, key, period) for figure in KINDS]
        for period, name in ((NOW, now), (BEFORE, before))
        if name
    }
    shown = {period: numbers for period, numbers in found.items() if any(numbers)}
    lines = [
        (
            kind.value,
            [
                Cell(
                    number(numbers[at]),
                    link(figure, key) if numbers[at] and period == NOW else "",
                )
                for (period, _name), numbers in shown.items()
            ],
        )
        for at, (kind, figure) in enumerate(zip(Activity, KINDS, strict=True))
    ]
    bars = [_bar(name, numbers) for (_period, name), numbers in shown.items()]
    return Mix(bars, lines) if bars else None


def _bar(name: str, numbers: Sequence[Number]) -> MixBar:
    return MixBar(name, parts_of(numbers), " · ".join(words_of(numbers)))


def parts_of(numbers: Sequence[Number]) -> list[dict[str, Any]]:
    """Where in a bar of 100 each of the kinds that were there begins, and how wide."""
    total, x, parts = sum(numbers), 0.0, []
    for kind, n in zip(Activity, numbers, strict=True):
        if n:
            width = float(100 * n / total)
            parts.append({"code": kind.value, "x": x, "width": width})
            x += width
    return parts


def words_of(numbers: Sequence[Number]) -> list[str]:
    kinds = zip(Activity, numbers, strict=True)
    return [f"{SHORT[kind]} {number(n)}" for kind, n in kinds]
