"""A report as CSV: the page's table, readable by spreadsheets, harmless in them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from visits.reports.report_sheet import SheetTable, as_one, list_cells, plain

BOM = "\ufeff"
# A spreadsheet takes a cell that begins so for a formula; full-width signs too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> str:
    """The text as a spreadsheet shall show it, never run it."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def report_csv(
    heading: Iterable[tuple[str, str]], tables: Sequence[SheetTable]
) -> bytes:
    """Return `heading` (pairs of word and value), then all columns side by side.

    The tables have the same rows; under each column's name stands its unit of count.
    A list has none, and its records alone.
    """
    out = io.StringIO()
    write = csv.writer(out).writerow
    for pair in heading:
        write([harmless(value) for value in pair])
    write([])
    if tables[0].is_list:
        for cells in list_cells(tables[0]):
            write(harmless(plain(cell)) for cell in cells)
        return (BOM + out.getvalue()).encode()
    columns, rows = as_one(tables)
    write(harmless(v) for v in [tables[0].row_label, "", *(c.label for c in columns)])
    write(harmless(v) for v in [_("Unit of count"), "", *(c.unit for c in columns)])
    for row in rows:
        texts = [row.label, row.note, *(plain(cell) for cell in row.cells)]
        write(harmless(value) for value in texts)
    return (BOM + out.getvalue()).encode()
