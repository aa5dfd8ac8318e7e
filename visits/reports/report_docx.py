"""A report as a Word document, in the office's own template or in ours.

The template is a letter's paper like the others (`visits.rules.papers`); where its
field of the tables stands, they are put in, else at the end.
"""

import io
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from visits.reports.matter_export import FONT
from visits.reports.report_paper import Paper
from visits.reports.report_sheet import SheetTable, plain
from visits.rules.paper_template import CONTROL, fill
from visits.rules.papers import PAPERS, TABLES, PaperKind

# Where the tables go, while the template is filled: no text of ours is like it.
MARK = "\u2060[tables]\u2060"
WIDEST = 8  # columns of figures side by side on an upright page


def report_docx(paper: Paper, template: bytes, *, unit: str, day: str) -> bytes:
    values = {
        "标题": paper.title,
        "统计对象": paper.about,
        "统计期间": paper.period,
        "用途": dict(paper.heading)[_("Purpose")],
        "导出信息": dict(paper.heading)[_("Exported")],
        "出具单位": unit,
        "出具日期": day,
        TABLES: MARK,
    }
    filled = fill(template, values, PAPERS[PaperKind.REPORT].fields)
    document = Document(io.BytesIO(filled))
    at = _marked(document)
    for table in paper.tables:
        at = _put(document, at, table)
    _see_to_mark(document, paper)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _see_to_mark(document: Any, paper: Paper) -> None:
    """A template may leave out who exported it and what for: no file does."""
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    heading = dict(paper.heading)
    if heading[_("Exported")] not in said or heading[_("Purpose")] not in said:
        run = document.add_paragraph().add_run(_clean(paper.watermark))
        _small(run, 9)


def _marked(document: Any) -> Any:
    """The paragraph of the tables, emptied; a new last one if there is none."""
    for paragraph in document.paragraphs:
        if MARK in paragraph.text:
            paragraph.clear()
            return paragraph._p
    return document.add_paragraph()._p


def _put(document: Any, at: Any, table: SheetTable) -> Any:
    """Behind `at`, in even parts that fit on the page; returns what is last now."""
    wide = ceil(len(table.columns) / ceil(len(table.columns) / WIDEST))
    for start in range(0, len(table.columns), wide):
        end = start + wide
        title = _paragraph(document, table.title if not start else "", bold=True)
        at.addnext(title)
        made = _table(document, table, start, end)
        title.addnext(made)
        at = made
    after = _paragraph(document, "", bold=False)
    at.addnext(after)
    return after


def _paragraph(document: Any, text: str, *, bold: bool) -> Any:
    paragraph = document.add_paragraph(style="Normal")
    run = paragraph.add_run(_clean(text))
    _small(run, 12 if text else 6)
    run.bold = bold
    paragraph.paragraph_format.keep_with_next = bold
    paragraph.paragraph_format.first_line_indent = Pt(0)
    return paragraph._p


def _table(document: Any, table: SheetTable, start: int, end: int) -> Any:
    columns = table.columns[start:end]
    heads = [_labelled(it.label, it.unit) for it in columns]
    lines = [
        [_labelled(it.label, it.note), *(plain(cell) for cell in it.cells[start:end])]
        for it in table.lines
    ]
    made = document.add_table(rows=1 + len(lines), cols=1 + len(columns))
    made.style = "Table Grid"
    for at, (row, texts) in enumerate(
        zip(made.rows, [[table.row_label, *heads], *lines], strict=True)
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            run = paragraph.add_run(_clean(text))
            _small(run, 8)
            run.bold = at == 0 or table.lines[at - 1].is_footer
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    repeats = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(repeats)
    return made._tbl


def _labelled(label: str, note: str) -> str:
    return f"{label} ({note})" if note else label


def _small(run: Any, size: int) -> None:
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)


def _clean(text: str) -> str:
    return CONTROL.sub("", text)
