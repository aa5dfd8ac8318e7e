"""A report leaves the product: with a purpose, a mark in the file, and a log entry."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Export, FiledReport
from visits.reports.letter_papers import in_chinese, source_of
from visits.reports.report_docx import report_docx
from visits.reports.report_paper import Paper, paper_of, paper_of_filed
from visits.reports.report_question import Question
from visits.reports.report_xlsx import report_xlsx
from visits.reports.table_csv import report_csv
from visits.rules.papers import PaperKind
from visits.rules.report_kinds import ExportFormat, ReportKind

# A longer table is no document any more: it goes into a workbook.
MOST_DOCX = 300


@dataclass(frozen=True)
class Exported:
    """`data` is empty for a page to print, which is made of the paper."""

    export: Export
    paper: Paper
    data: bytes


@transaction.atomic
def export_report(
    asked: Question | FiledReport,
    *,
    by: Account,
    now: datetime,
    purpose: str,
    format: str,  # noqa: A002
) -> Exported:
    """Make the file, and write down that it was made; if that fails there is no file.

    Raises:
        ValidationError: keyed by field; code `nobody` or `too_many` rows.
    """
    export = Export(by=by, unit=by.unit, at=now, purpose=purpose.strip(), format=format)
    if isinstance(asked, FiledReport):
        export.kind, export.period, export.action = (
            asked.kind, asked.period, asked.action,
        )  # fmt: skip
        export.place, export.filed = asked.place, asked
        paper = paper_of_filed(asked, export)
    else:
        if asked.kind == ReportKind.OFFICIALS and not asked.officials:
            text = _("There is no official you may report on in this period.")
            raise ValidationError(text, code="nobody")
        export.kind, export.place = asked.kind, asked.place
        export.period, export.action = asked.asked.period.code, asked.asked.action
        if asked.is_single:
            export.official = asked.officials[0]
        paper = paper_of(asked, export, with_rows=format == ExportFormat.XLSX)
    if format == ExportFormat.DOCX and paper.count > MOST_DOCX:
        raise ValidationError(
            _("A Word document has at most %(most)s rows. Take the Excel workbook."),
            code="too_many",
            params={"most": MOST_DOCX},
        )
    make = MAKERS.get(format)
    data = make(paper, export) if make else b""
    export.rows = paper.count
    export.sha256 = hashlib.sha256(data).hexdigest() if data else ""
    export.full_clean()
    export.save()
    return Exported(export, paper, data)


def _docx(paper: Paper, export: Export) -> bytes:
    template = source_of(PaperKind.REPORT, export.unit).data
    day = in_chinese(timezone.localdate(export.at))
    return report_docx(paper, template, unit=str(export.unit or ""), day=day)


def _csv(paper: Paper, export: Export) -> bytes:
    return report_csv([(paper.title, ""), *paper.heading], paper.tables)


MAKERS: dict[str, Callable[[Paper, Export], bytes]] = {
    ExportFormat.XLSX: lambda paper, _export: report_xlsx(paper),
    ExportFormat.DOCX: _docx,
    ExportFormat.CSV: _csv,
}
