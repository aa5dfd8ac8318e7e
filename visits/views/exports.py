"""Reports leave the product here alone: asked for a purpose, marked, and logged."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.export_report import Exported, export_report
from visits.forms.report_file import ExportReportForm, FindExportForm
from visits.models import Export, FiledReport
from visits.reports.filed_report import heard
from visits.reports.report_question import Question
from visits.rules.report_kinds import ExportFormat
from visits.views.filed_reports import find_filed, may_read_reports, period_name
from visits.views.report_frame import page_address, question_asked

TYPES = {
    ExportFormat.XLSX: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    ExportFormat.DOCX: (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@require_http_methods(["GET", "HEAD", "POST"])
def report_export(request: AuthedRequest) -> HttpResponse:
    """GET asks what for and as what; POST answers with the file, or a page to print."""
    form = ExportReportForm(request.POST if request.method == "POST" else None)
    asked: Question | FiledReport | None = None
    try:
        asked = _asked(request)
        if form.is_bound and form.is_valid():
            made = export_report(
                asked, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            return _answer(request, made, _back(asked))
    except ValidationError as refusal:
        if not form.is_bound:
            form = ExportReportForm({"format": ExportFormat.XLSX})
        show_refusal(form, refusal)
    context = {
        "section": "reports",
        "form": form,
        "about": _about(asked),
        "back": _back(asked) if asked else reverse("visits:filed_list"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/reports/export.html", context, status=status)


def _asked(request: AuthedRequest) -> Question | FiledReport:
    if "filed" in request.GET:
        return find_filed(request, request.GET["filed"][:8].replace("\0", ""))
    return question_asked(request)


def _about(asked: Question | FiledReport | None) -> list[str]:
    if isinstance(asked, FiledReport):
        return [
            asked.get_kind_display(),
            heard(asked.content["about"]),
            period_name(asked),
            asked.printed_reference,
        ]
    if isinstance(asked, Question):
        action, period = asked.asked.action, asked.asked.period
        name = action.name if action else period.name
        return [str(asked.kind.label), asked.about, name]
    return []


def _back(asked: Question | FiledReport) -> str:
    if isinstance(asked, FiledReport):
        return asked.get_absolute_url()
    return page_address(asked)


def _answer(request: AuthedRequest, made: Exported, back: str) -> HttpResponse:
    export = made.export
    if export.format == ExportFormat.PRINT:
        context = {"section": "reports", "paper": made.paper, "back": back}
        response = render(request, "visits/reports/paper.html", context)
    else:
        # `kind` and `format` are words of ours, the period a code: safe in a header.
        name = f"{export.kind}-{export.period}-{export.reference}.{export.format}"
        response = HttpResponse(
            made.data, content_type=TYPES[ExportFormat(export.format)]
        )
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def export_list(request: AuthedRequest) -> HttpResponse:
    """The auditor reads the whole log; who exports, their own part of it."""
    is_auditor = request.user.has_perm("visits.audit_access")
    if not (is_auditor or may_read_reports(request.user)):
        raise PermissionDenied
    form = FindExportForm(request.GET, is_auditor=is_auditor)
    rows = form.narrow(Export.objects.visible_to(request.user)).select_related(
        "by", "unit", "place", "official", "action", "filed__place"
    )
    page = page_asked(rows.defer("filed__content"), request.GET, "-at", "-pk")
    context: dict[str, Any] = {
        "section": "looks" if is_auditor else "reports",
        "is_auditor": is_auditor,
        "form": form,
        "page": page,
        "rows": [{"export": it, "period": period_name(it)} for it in page],
    }
    return render(request, "visits/reports/export_list.html", context)
