"""A report as CSV: the page's table, readable by spreadsheets, harmless in them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from visits.reports.table import Column, Line, Table

BOM = "\ufeff"
# A spreadsheet takes a cell that begins so for a formula; full-width signs too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> str:
    """The text as a spreadsheet shall show it, never run it."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def table_csv(heading: Iterable[tuple[str, str]], tables: Sequence[Table]) -> str:
    """Return `heading` (pairs of word and value), then all columns side by side.

    The tables have the same rows; under each column's name stands its unit of count.
    """
    out = io.StringIO()
    write = csv.writer(out).writerow
    for pair in heading:
        write([harmless(value) for value in pair])
    write([])
    columns: list[Column] = [column for table in tables for column in table.columns]
    write(harmless(v) for v in [tables[0].row_label, "", *(c.label for c in columns)])
    write(harmless(v) for v in [_("Unit of count"), "", *(c.unit for c in columns)])
    for lines in zip(*(t.lines + t.footers for t in tables), strict=True):
        write(harmless(value) for value in _line(lines))
    return BOM + out.getvalue()


def _line(lines: Sequence[Line]) -> list[str]:
    found = [lines[0].label, lines[0].note]
    found += [
        f"{cell.text} ({cell.note})" if cell.note else cell.text
        for line in lines
        for cell in line.cells
    ]
    return found
