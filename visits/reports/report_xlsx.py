"""A report as a workbook: numbers are numbers, days are days, no text is a formula."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from visits.reports.report_paper import Paper, row_heads
from visits.reports.report_sheet import Value, as_one, list_cells
from visits.rules.paper_template import CONTROL

A4 = 9
WIDTHS = (18, 12, 34, 44, 24, 14)  # of the rows, in characters
WIDEST = 16  # columns of figures side by side on a page
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Book:
    """The workbook with its few formats."""

    def __init__(self, out: io.BytesIO, mark: str) -> None:
        self.file = Workbook(out, OPTIONS)
        # "&" begins a code in the foot of a sheet, and 255 signs are the most. A mark
        # that begins with a year would be a part of the size, but for the space.
        self.foot = f"&L&8 {_clean(mark).replace('&', '&&')[:200]}&R&8&P / &N"
        make = self.file.add_format
        self.bold = make({"bold": True})
        self.title = make({"bold": True, "font_size": 14})
        self.head = make({"bold": True, "text_wrap": True, "valign": "bottom"})
        self.unit = make({"italic": True, "text_wrap": True, "font_color": "#5f6a79"})
        self.total = make({"bold": True, "top": 1})
        self.text = make({"text_wrap": True, "valign": "top"})
        self.day = make({"num_format": "yyyy-mm-dd", "valign": "top"})

    def sheet(self, name: str, *, freeze: tuple[int, int], repeat: int) -> Any:
        sheet = self.file.add_worksheet(name[:31])
        sheet.freeze_panes(*freeze)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(repeat, freeze[0] - 1)
        sheet.set_footer(self.foot)
        return sheet

    def write(
        self, sheet: Any, line: int, column: int, value: Value, form: Any
    ) -> None:
        if isinstance(value, str):
            sheet.write_string(line, column, _clean(value), form)
        elif isinstance(value, date):
            sheet.write_datetime(line, column, value, self.day)
        elif isinstance(value, int | Decimal):
            sheet.write_number(line, column, value, form)


def _clean(text: str) -> str:
    return CONTROL.sub("", text)


def report_xlsx(paper: Paper) -> bytes:
    """Sheets: figures, the rows behind them if the reader opens rows, definitions.

    Of a list there are its rows, and what its columns mean.
    """
    out = io.BytesIO()
    book = Book(out, paper.watermark)
    if paper.tables[0].is_list:
        _list(book, paper)
    else:
        _figures(book, paper)
    if paper.rows is not None:
        _rows(book, paper)
    _definitions(book, paper)
    book.file.close()
    return out.getvalue()


def _figures(book: Book, paper: Paper) -> None:
    head = len(paper.heading) + 2
    sheet = book.sheet(_("Figures"), freeze=(head + 2, 1), repeat=head)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 20)
    sheet.write_string(0, 0, paper.title, book.title)
    _lines(book, sheet, 1, paper.heading)
    columns, rows = as_one(paper.tables)
    wide = max(len(row.cells) for row in rows)
    sheet.set_column(2, 1 + wide, 12)
    # On paper as many pages side by side as can be read, each with the names.
    sheet.fit_to_pages(ceil(wide / WIDEST), 0)
    sheet.repeat_columns(0)
    sheet.write_string(head, 0, _clean(paper.tables[0].row_label), book.head)
    sheet.write_string(head + 1, 0, _("Unit of count"), book.unit)
    for at, column in enumerate(columns, start=2):
        sheet.write_string(head, at, _clean(column.label), book.head)
        sheet.write_string(head + 1, at, _clean(column.unit), book.unit)
    for line, row in enumerate(rows, start=head + 2):
        form = book.total if row.is_footer else book.head if row.is_title else None
        if row.is_title and row.cells:
            sheet.set_row(line, _height_of(row.cells))
        for at, cell in enumerate([row.label, row.note, *row.cells]):
            book.write(sheet, line, at, cell, form)


def _height_of(heads: Sequence[Value]) -> int:
    """In points: LibreOffice does not see to it below the first heads."""
    longest = max(len(str(it).encode()) for it in heads)
    return 15 * ceil(longest / 10)


def _list(book: Book, paper: Paper) -> None:
    table, head = paper.tables[0], len(paper.heading) + 2
    sheet = book.sheet(_("Rows"), freeze=(head + 1, 1), repeat=head)
    sheet.set_column(0, len(table.columns) + 1, 24)
    sheet.write_string(0, 0, paper.title, book.title)
    _lines(book, sheet, 1, paper.heading)
    heads, *lines = list_cells(table)
    for at, text in enumerate(heads):
        book.write(sheet, head, at, text, book.head)
    for line, cells in enumerate(lines, start=head + 1):
        for at, cell in enumerate(cells):
            book.write(sheet, line, at, cell, book.text)
    if lines:
        sheet.autofilter(head, 0, head + len(lines), len(heads) - 1)


def _rows(book: Book, paper: Paper) -> None:
    sheet = book.sheet(_("Rows"), freeze=(2, 0), repeat=1)
    sheet.write_string(0, 0, _clean(paper.watermark))
    for at, (text, width) in enumerate(zip(row_heads(), WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(1, at, text, book.head)
    for line, row in enumerate(paper.rows or [], start=2):
        cells: list[Value] = [row.figure, row.day, row.places]
        cells += [row.what, row.officials, row.visit]
        for at, cell in enumerate(cells):
            book.write(sheet, line, at, cell, book.text)
    if paper.rows:
        sheet.autofilter(1, 0, 1 + len(paper.rows), len(WIDTHS) - 1)


def _definitions(book: Book, paper: Paper) -> None:
    sheet = book.sheet(_("Definitions"), freeze=(1, 0), repeat=0)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 90)
    word = _("Column") if paper.tables[0].is_list else _("Figure")
    for at, text in enumerate([word, _("Unit of count"), _("Definition")]):
        sheet.write_string(0, at, text, book.head)
    line = 1
    for table in paper.tables:
        for column in table.defined:
            said = " ".join(filter(None, [column.definition, column.rule]))
            for at, text in enumerate([column.label, column.unit, said]):
                sheet.write_string(line, at, _clean(text), book.text)
            line += 1


def _lines(
    book: Book, sheet: Any, first: int, pairs: Sequence[tuple[str, str]]
) -> None:
    for at, (word, value) in enumerate(pairs, start=first):
        sheet.write_string(at, 0, word, book.bold)
        sheet.write_string(at, 1, _clean(value))
