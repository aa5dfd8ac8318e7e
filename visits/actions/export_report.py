"""A report or list leaves: purpose, approver, a mark in the file, a log entry."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.write_notices import write_notices
from visits.models import Export, FiledReport, Notice
from visits.reports.export_approvers import approvers_for
from visits.reports.filed_report import in_every_language, said
from visits.reports.letter_papers import in_chinese, source_of
from visits.reports.list_asked import ListAsked
from visits.reports.list_paper import paper_of_list
from visits.reports.one_moment import one_moment
from visits.reports.report_docx import report_docx
from visits.reports.report_paper import MOST_ROWS, Paper, paper_of, paper_of_filed
from visits.reports.report_question import Question
from visits.reports.report_xlsx import report_xlsx
from visits.reports.table_csv import report_csv
from visits.rules.papers import PaperKind
from visits.rules.report_kinds import OF_SEVERAL, ExportFormat, ReportKind

Exportable = Question | FiledReport | ListAsked
# A longer table is no document any more: it goes into a workbook.
MOST_DOCX = 300
ON_PAPER = (ExportFormat.DOCX, ExportFormat.PRINT)


@dataclass(frozen=True)
class Exported:
    """`data` is empty for a page to print, which is made of the paper."""

    export: Export
    paper: Paper
    data: bytes


def export_report(
    asked: Exportable,
    *,
    by: Account,
    now: datetime,
    purpose: str,
    approver: Account,
    format: str,  # noqa: A002
) -> Exported:
    """Make the file, and write down that it was made; if that fails there is no file.

    Raises:
        ValidationError: code `no_approver`, `nobody` or `too_many` rows.
    """
    check_approver(approver, by=by)
    export = Export(
        by=by,
        approver=approver,
        unit=by.unit,
        at=now,
        purpose=purpose.strip(),
        format=format,
    )
    with one_moment():
        made = make_report(asked, export)
    log_export(made)
    return made


def make_report(
    asked: Exportable,
    export: Export,
    *,
    tell: Callable[[int], None] = lambda _rows: None,
) -> Exported:
    """Make the file, and fill `export` with what it is: nothing is written yet.

    To be called in `one_moment`. `tell` hears how many rows there are by now.

    Raises:
        ValidationError: code `nobody` or `too_many` rows.
    """
    if isinstance(asked, FiledReport):
        export.kind, export.period, export.action = (
            asked.kind, asked.period, asked.action,
        )  # fmt: skip
        export.place, export.filed = asked.place, asked
        if asked.kind in OF_SEVERAL and not asked.place:
            export.about = asked.content["about"]
        paper = paper_of_filed(asked, export)
    elif isinstance(asked, ListAsked):
        export.kind = asked.page
        export.about = said(in_every_language(lambda: asked.about))
        most = MOST_DOCX if export.format in ON_PAPER else MOST_ROWS
        paper = paper_of_list(asked, export, most=most, tell=tell)
    else:
        if asked.kind == ReportKind.OFFICIALS and not asked.officials:
            text = _("There is no official you may report on in this period.")
            raise ValidationError(text, code="nobody")
        export.kind, export.place = asked.kind, asked.known_place
        if asked.place and not asked.known_place:
            export.about = said(in_every_language(lambda: asked.about))
        export.period, export.action = asked.asked.period.code, asked.asked.action
        if asked.is_single:
            export.official = asked.officials[0]
        with_rows = export.format == ExportFormat.XLSX
        paper = paper_of(asked, export, with_rows=with_rows, tell=tell)
    if export.format == ExportFormat.DOCX and paper.count > MOST_DOCX:
        raise ValidationError(
            _("A Word document has at most %(most)s rows. Take the Excel workbook."),
            code="too_many",
            params={"most": MOST_DOCX},
        )
    make = MAKERS.get(export.format)
    data = make(paper, export) if make else b""
    export.rows = paper.count
    export.sha256 = hashlib.sha256(data).hexdigest() if data else ""
    return Exported(export, paper, data)


@transaction.atomic
def log_export(made: Exported) -> None:
    """No file is handed out before this is written; who let it out is told."""
    export = made.export
    export.full_clean()
    export.save()
    if export.approver and export.approver != export.by:
        key = f"{Notice.Kind.EXPORT_LET}:{export.pk}"
        told = Notice(account=export.approver, kind=Notice.Kind.EXPORT_LET, key=key)
        write_notices([told])


def check_approver(approver: Account | None, *, by: Account) -> None:
    """Raises ValidationError, code `no_approver`."""
    if approver not in approvers_for(by):
        raise ValidationError(
            _("This person may not let out what you export."), code="no_approver"
        )


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
