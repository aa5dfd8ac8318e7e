"""A report as plain cells: one number, day or word each, for files and for filing.

What a page folds into one cell (the four kinds of work, the busiest week) stands in a
column for each here, as in the CSV.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from visits.reports.asked import BEFORE, NOW, YEAR_BEFORE
from visits.reports.counting import Key, Number, Total
from visits.reports.table import Column, Line, Table, number

OF_PERIOD = {NOW: "", BEFORE: "-before", YEAR_BEFORE: "-year-before"}
Value = Number | date | str | None


@dataclass(frozen=True)
class SheetColumn:
    name: str
    label: str
    unit: str
    definition: str
    rule: str = ""


@dataclass(frozen=True)
class SheetLine:
    """`key` is the same whenever the question is asked: a row's id, or a word.

    A line has a `definition` where it is a figure, and the columns are periods.
    """

    key: str
    label: str
    note: str
    cells: list[Value]
    is_footer: bool = False
    definition: str = ""


@dataclass(frozen=True)
class SheetTable:
    """`note_label` is the head over the notes of the lines, where they need one."""

    title: str
    row_label: str
    columns: list[SheetColumn]
    lines: list[SheetLine]
    note_label: str = ""

    @property
    def has_totals(self) -> bool:
        return any(line.is_footer for line in self.lines)

    @property
    def defined(self) -> list[SheetColumn]:
        """What is to be explained: the columns, or the lines where they are figures."""
        unit = self.columns[0].unit if self.columns else ""
        lines = [
            SheetColumn(it.key, it.label, unit, it.definition)
            for it in self.lines
            if it.definition
        ]
        return lines or self.columns

    @property
    def is_list(self) -> bool:
        """Each line is a record; nothing is counted."""
        return not any(column.unit for column in self.columns)


@dataclass(frozen=True)
class SheetRow:
    """A row of all tables at once; a title stands over those of its table."""

    label: str
    note: str = ""
    cells: Sequence[Value] = ()
    is_footer: bool = False
    is_title: bool = False


def as_one(tables: Sequence[SheetTable]) -> tuple[list[SheetColumn], list[SheetRow]]:
    """All tables as one: side by side if they have the same rows, else one below the
    other. What has other columns than the first has their heads beside its title."""
    if len({tuple(line.key for line in table.lines) for table in tables}) == 1:
        columns = [column for table in tables for column in table.columns]
        same = zip(*(table.lines for table in tables), strict=True)
        return columns, [
            SheetRow(
                lines[0].label,
                lines[0].note,
                [cell for line in lines for cell in line.cells],
                lines[0].is_footer,
            )
            for lines in same
        ]
    rows, columns = [], tables[0].columns
    for table in tables:
        names = [it.name for it in table.columns]
        is_under = names == [it.name for it in columns[: len(names)]]
        heads = [] if is_under else [it.label for it in table.columns]
        rows.append(SheetRow(table.title, cells=heads, is_title=True))
        rows += [SheetRow(it.label, it.note, it.cells) for it in table.lines]
    return columns, rows


def sheet_tables(tables: Sequence[Table]) -> list[SheetTable]:
    return [_flat(table) for table in tables]


def _flat(table: Table) -> SheetTable:
    columns = [one for it in table.columns for one in it.in_csv or [it]]
    lines = [_line(line, columns, is_footer=False) for line in table.lines]
    lines += [_line(line, columns, is_footer=True) for line in table.footers]
    return SheetTable(
        str(table.title),
        str(table.row_label),
        [
            SheetColumn(
                it.name, str(it.label), str(it.unit), str(it.definition), it.rule
            )
            for it in columns
        ],
        lines,
    )


def _line(line: Line, columns: Sequence[Column], *, is_footer: bool) -> SheetLine:
    cells: list[Value] = []
    for column in columns:
        cell = column.cell(line.key, line.period)
        cells.append(cell.value if cell.value is not None else cell.text or None)
    key = key_of(line.key, line.period)
    return SheetLine(key, str(line.label), str(line.note), cells, is_footer)


def key_of(key: Key, period: int) -> str:
    name = "total" if key is Total else "own" if key is None else str(key)
    return f"{name}{OF_PERIOD[period]}"


def list_cells(table: SheetTable) -> list[list[Value]]:
    """The heads of a list, then each record; notes only where they have a head."""
    has_notes = bool(table.note_label)
    first: list[Value] = [table.row_label, *[table.note_label] * has_notes]
    return [
        [*first, *(column.label for column in table.columns)],
        *([it.label, *[it.note] * has_notes, *it.cells] for it in table.lines),
    ]


def plain(value: Value) -> str:
    """As the page says it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return number(value)
