"""A report as a table, for page and CSV: columns that explain themselves, totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from visits.reports.asked import BEFORE, NOW
from visits.reports.counting import Counts, Key, Number, Total
from visits.reports.figures import Figure, Text
from visits.rules.periods import Period


class Link(Protocol):
    """The address of the rows behind a figure; empty for who may not open them."""

    def __call__(self, figure: Figure, key: Key, week: date | None = None) -> str: ...


class Cell(NamedTuple):
    text: str
    url: str = ""
    note: str = ""
    note_url: str = ""
    kind: str = ""
    # What the text says, where that is a number or a day: files have it as such.
    value: Number | date | None = None
    parts: Sequence[Any] = ()
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Column:
    """`cell` answers for a row and a period (the one asked for, or the one before).

    `name` is the same in every language and edition: by it a filed report is compared.
    """

    label: Text
    unit: Text
    definition: Text
    cell: Callable[[Key, int], Cell]
    is_additive: bool | None = None
    is_bar: bool = False
    # What stands for it where a cell holds one number and nothing else.
    in_csv: "Sequence[Column]" = ()
    name: str = ""

    @property
    def rule(self) -> str:
        """How the total is made."""
        if self.is_additive is None:
            return ""
        if self.is_additive:
            return _("The total is the sum of the rows.")
        return _("What stands in several rows is counted once in the total.")


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]
    url: str = ""
    note: str = ""
    key: Key = None
    period: int = NOW


@dataclass(frozen=True)
class Table:
    """`name` is that of its group of figures: it stands in addresses."""

    name: str
    title: str
    row_label: str
    columns: list[Column]
    lines: list[Line]
    footers: list[Line] = field(default_factory=list)


def number(value: Number) -> str:
    """As on the page and in the CSV: no digit more than there is to say."""
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def figure_column(figure: Figure, counts: Counts, link: Link) -> Column:
    def cell(key: Key, period: int) -> Cell:
        if period != NOW and not figure.source.is_dated:
            return Cell("")
        value = counts.of(figure, key, period)
        url = link(figure, key) if value and period == NOW else ""
        return Cell(number(value), url, value=value)

    return Column(
        figure.label,
        figure.unit,
        figure.definition,
        cell,
        figure.is_additive,
        name=figure.name,
    )


def cells(columns: Sequence[Column], key: Key, period: int = NOW) -> list[Cell]:
    return [column.cell(key, period) for column in columns]


def footers(columns: Sequence[Column], periods: Sequence[Period]) -> list[Line]:
    """The total, and those of the periods it is compared with."""
    lines = [Line(_("Total"), cells(columns, Total), key=Total)]
    for at, period in list(enumerate(periods))[BEFORE:]:
        words = _("Before: %(period)s") if at == BEFORE else _("Last year: %(period)s")
        found = cells(columns, Total, at)
        lines.append(Line(words % {"period": period.name}, found, key=Total, period=at))
    return lines
