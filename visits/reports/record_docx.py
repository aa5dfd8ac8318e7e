"""The summary of an official's own year as a Word document, for their own account."""

import io

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from visits.reports.matter_export import FONT
from visits.reports.own_record import OwnRecord
from visits.reports.table import number
from visits.rules.paper_template import CONTROL


def record_docx(record: OwnRecord, *, with_notes: bool) -> bytes:
    """`with_notes`: also the notes that are the author's alone; shared ones always."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(20))
    style = document.styles["Normal"]
    style.font.size, style.font.name = Pt(11), "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    title = _("My grassroots record, %(year)s") % {"year": record.year}
    document.add_heading(title, level=1)
    document.add_paragraph(f"{record.official.name} · {record.official.unit}")
    for heading, figures in record.groups:
        document.add_heading(str(heading), level=2)
        table = document.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        for figure, value in figures:
            cells = table.add_row().cells
            cells[0].text = str(figure.label)
            cells[1].text = f"{number(value)} {figure.unit}"
    for heading, lines in _lists(record, with_notes):
        if lines:
            document.add_heading(heading, level=2)
            for line in lines:
                document.add_paragraph(_clean(line), style="List Bullet")
    made = date_format(timezone.localtime(), "DATETIME_FORMAT")
    document.add_paragraph(_("Made %(at)s by the official themselves.") % {"at": made})
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _clean(text: str) -> str:
    """Without the control characters that no such file can hold."""
    return CONTROL.sub("", text)


def _lists(record: OwnRecord, with_notes: bool) -> list[tuple[str, list[str]]]:
    places = [
        f"{it.path} · {date_format(timezone.localtime(it.last_at), 'DATE_FORMAT')}"
        for it in record.places
    ]
    promises = [
        " · ".join(filter(None, [it.subject, it.lead_unit, row.clock.words]))
        for row in record.promises
        for it in [row.matter]
    ]
    lessons = [
        f"{date_format(it.visit.starts_on, 'DATE_FORMAT')} · {it.place} · {it.text}"
        for it in record.lessons
        if with_notes or it.is_shared
    ]
    return [
        (_("Where I was"), places),
        (_("Policies explained"), list(record.themes)),
        (_("Topics studied"), list(record.topics)),
        (_("What I promised"), promises),
        (_("What I learned"), lessons),
    ]
