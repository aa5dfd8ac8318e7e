"""The list of a meeting as files: for a spreadsheet, and as a Word document."""

import io
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from xlsxwriter import Workbook

from visits.models import Visit
from visits.reports.matter_list import MatterRow

FONT = "仿宋"
# Of the sheet: the row of its head, its columns' widths in characters, its paper.
HEAD = 3
WIDTHS = (12, 30, 40, 20, 24, 14, 14, 14)
WRAPPED = {"text_wrap": True, "valign": "top"}
A4 = 9


def heads() -> list[str]:
    return [
        _("Number"),
        pgettext("on the spot", "Matter"),
        _("Decision"),
        _("Lead unit"),
        _("Supporting units"),
        _("Deadline"),
        _("State"),
    ]


def cells(row: MatterRow) -> list[str]:
    matter = row.matter
    due = date_format(matter.due_on, "Y-m-d") if matter.due_on else ""
    if matter.due_on != matter.first_due_on and matter.first_due_on:
        first = date_format(matter.first_due_on, "Y-m-d")
        due = _("%(day)s (first %(first)s)") % {"day": due, "first": first}
    return [
        matter.printed_reference,
        matter.subject,
        matter.decision,
        matter.lead_unit,
        matter.supporting,
        due,
        str(matter.get_state_display()),
    ]


def title_of(visit: Visit) -> str:
    day = date_format(visit.starts_on, "DATE_FORMAT")
    return _("Matters decided on the spot, %(day)s") % {"day": day}


def matters_xlsx(visit: Visit, rows: Iterable[MatterRow]) -> bytes:
    """A sheet whose head stays in sight; deadlines are dates, and no text a formula."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with Workbook(out, options) as book:
        sheet = book.add_worksheet(_("Matters"))
        bold, day = {"bold": True}, {"num_format": "yyyy-mm-dd", "valign": "top"}
        head, wrapped = book.add_format(bold), book.add_format(WRAPPED)
        date = book.add_format(day)
        sheet.write_string(0, 0, title_of(visit), head)
        sheet.write_string(1, 0, visit.purpose)
        columns = [*heads()[:5], _("First deadline"), *heads()[5:]]
        for column, (text, width) in enumerate(zip(columns, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(HEAD, column, text, head)
        sheet.freeze_panes(HEAD + 1, 0)
        for line, row in enumerate(rows, start=HEAD + 1):
            *texts, _due, state = cells(row)
            days = [row.matter.first_due_on, row.matter.due_on]
            for column, text in enumerate(texts):
                sheet.write_string(line, column, text, wrapped)
            for column, value in enumerate(days, start=len(texts)):
                if value:
                    sheet.write_datetime(line, column, value, date)
            sheet.write_string(line, len(columns) - 1, state, wrapped)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)
    return out.getvalue()


def matters_docx(visit: Visit, rows: Iterable[MatterRow]) -> bytes:
    """A landscape page with one table, its head repeated on each page."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(15))
    style = document.styles["Normal"]
    style.font.size, style.font.name = Pt(10.5), "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    document.add_heading(title_of(visit), level=1)
    document.add_paragraph(visit.purpose)
    table = document.add_table(rows=1, cols=len(heads()))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, heads(), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, cells(row), strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
