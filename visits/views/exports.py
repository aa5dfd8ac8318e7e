"""Reports leave the product here alone: asked for a purpose, marked, and logged."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.actions.write_audit import write_audit
from cadres.confirm import confirm_to_read, confirm_to_take
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Account, AuditEntry, Setting
from cadres.reports.keyset import page_asked
from visits.actions.ask_for_export import ask_for_export, try_export_again
from visits.actions.export_report import Exportable, Exported, export_report
from visits.actions.take_export import take_export
from visits.forms.list_asked import export_query
from visits.forms.report import asked_again, exported_in, may_export
from visits.forms.report_file import ExportReportForm, FindExportForm
from visits.models import Export, ExportJob, FiledReport
from visits.models.own_list import address_of_list
from visits.reports import list_asked
from visits.reports.export_approvers import approvers_for
from visits.reports.filed_report import heard, in_every_language, said
from visits.reports.list_asked import ListAsked
from visits.reports.report_paper import MOST_ROWS, size_of
from visits.reports.report_question import Question
from visits.rules.report_kinds import Boundaries, ExportFormat
from visits.views.filed_reports import period_name
from visits.views.report_frame import page_address, question_address

TYPES = {
    ExportFormat.XLSX: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    ExportFormat.DOCX: (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    ExportFormat.CSV: "text/csv; charset=utf-8",
}
# The other formats are for a few hundred rows at most.
IN_BACKGROUND = (ExportFormat.XLSX, ExportFormat.CSV)
JOBS_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@confirm_to_read
def report_export(request: AuthedRequest) -> HttpResponse:
    """GET asks what for and as what; POST answers with the file, or a page to print.

    A large one is made by the queue: then POST leads to the list of one's exports.
    """
    approvers = approvers_for(request.user)
    may_self = request.user in approvers
    is_list = "list" in request.GET
    form_of = partial(ExportReportForm, approvers=approvers, is_list=is_list)
    form = form_of(
        request.POST if request.method == "POST" else None,
        initial={"approver": request.user.pk} if may_self else None,
    )
    asked: Exportable | None = None
    most = Setting.objects.as_dict()["report.background_rows"]
    try:
        asked = exported_in(request.GET, user=request.user, today=timezone.localdate())
        if form.is_bound and form.is_valid():
            rows = _size(asked, form.cleaned_data["format"], now=timezone.now())
            if rows > most:
                return _queue(request, asked, rows, form.cleaned_data)
            made = export_report(
                asked, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            return _answer(request, made, asked)
    except ValidationError as refusal:
        if not form.is_bound:
            form = form_of({"format": ExportFormat.XLSX})
        show_refusal(form, refusal)
    context = {
        "section": _section(asked),
        "is_list": is_list,
        "form": form,
        "about": _about(asked),
        "most": most,
        "has_approver": bool(approvers),
        "back": _back(asked) if asked else reverse("visits:export_list"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/reports/export.html", context, status=status)


def _section(asked: Exportable | None) -> str:
    return asked.page if isinstance(asked, ListAsked) else "reports"


def _size(asked: Exportable, form: str, *, now: datetime) -> int:
    """How many rows the queue would have to make; 0 for what it never makes."""
    if form not in IN_BACKGROUND:
        return 0
    if isinstance(asked, FiledReport):
        return len(asked.content["tables"][0]["lines"])
    if isinstance(asked, ListAsked):
        return list_asked.size_of(asked, now=now, most=MOST_ROWS)
    return size_of(asked, with_rows=form == ExportFormat.XLSX)


def _queue(
    request: AuthedRequest,
    asked: Exportable,
    rows: int,
    typed: dict[str, Any],
) -> HttpResponse:
    ask_for_export(
        by=request.user,
        now=timezone.now(),
        language=get_language() or "",
        query=_query(asked),
        about=said(in_every_language(lambda: " · ".join(_about(asked)))),
        total=rows,
        **typed,
    )
    messages.success(
        request, _("The export is being made. A notice tells you when it is ready.")
    )
    return redirect("visits:export_list")


def _query(asked: Exportable) -> str:
    if isinstance(asked, FiledReport):
        return f"filed={asked.reference}"
    if isinstance(asked, ListAsked):
        return export_query(asked.page, asked.query)
    return question_address(asked)


def _about(asked: Exportable | None) -> list[str]:
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
        is_today = asked.asked.boundaries == Boundaries.NOW
        today = [_("borders of the places as they are today")] if is_today else []
        return [str(asked.kind.label), asked.about, name, *today]
    if isinstance(asked, ListAsked):
        return [str(asked.page.label), asked.about]
    return []


def _back(asked: Exportable) -> str:
    if isinstance(asked, FiledReport):
        return asked.get_absolute_url()
    if isinstance(asked, ListAsked):
        return address_of_list(asked.page, asked.query)
    return page_address(asked)


def _answer(request: AuthedRequest, made: Exported, asked: Exportable) -> HttpResponse:
    export = made.export
    if export.format == ExportFormat.PRINT:
        context = {
            "section": _section(asked),
            "is_list": isinstance(asked, ListAsked),
            "paper": made.paper,
            "back": _back(asked),
        }
        response = render(request, "visits/reports/paper.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
    return _file(export, made.data)


def _file(export: Export, data: bytes) -> HttpResponse:
    # `kind` and `format` are words of ours, the period a code: safe in a header.
    parts = filter(None, [export.kind, export.period, export.reference])
    name = f"{'-'.join(parts)}.{export.format}"
    response = HttpResponse(data, content_type=TYPES[ExportFormat(export.format)])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def export_list(request: AuthedRequest) -> HttpResponse:
    """The auditor reads the whole log; who exports, their own part of it."""
    is_auditor = request.user.has_perm("visits.audit_access")
    if not (is_auditor or may_export(request.user)):
        raise PermissionDenied
    if is_auditor:
        write_audit(AuditEntry.Kind.AUDIT, "read", by=request.user)
    form = FindExportForm(request.GET, is_auditor=is_auditor)
    rows = form.narrow(Export.objects.visible_to(request.user)).select_related(
        "by", "approver", "unit", "place", "official", "action", "filed__place"
    )
    page = page_asked(rows.defer("filed__content"), request.GET, "-at", "-pk")
    context: dict[str, Any] = {
        "section": "looks" if is_auditor else "reports",
        "is_auditor": is_auditor,
        "form": form,
        "page": page,
        "rows": [
            {"export": it, "period": period_name(it), "about": heard(it.about)}
            for it in page
        ],
        "jobs": _jobs(request.user, now=timezone.now()),
    }
    return render(request, "visits/reports/export_list.html", context)


def _jobs(user: Account, *, now: datetime) -> list[dict[str, Any]]:
    """One's newest exports from the queue, each with what can be done about it now."""
    jobs = ExportJob.objects.visible_to(user).order_by("-pk")[:JOBS_SHOWN]
    ready = ExportJob.State.READY
    return [
        {
            "job": it,
            "about": heard(it.about),
            "is_there": it.state == ready and it.kept_until and it.kept_until > now,
        }
        for it in jobs
    ]


@require_safe
@confirm_to_take(back_to="visits:export_list")
def export_take(request: AuthedRequest, reference: str) -> HttpResponse:
    job = _own_job(request, reference)
    try:
        asked = asked_again(job.query, user=request.user, today=timezone.localdate())
        export, data = take_export(job, asked, by=request.user, now=timezone.now())
    except (Http404, PermissionDenied):
        messages.error(request, ExportJob.Failure.NOT_ALLOWED.label)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        return _file(export, data)
    return redirect("visits:export_list")


@require_POST
def export_again(request: AuthedRequest, reference: str) -> HttpResponse:
    try:
        try_export_again(_own_job(request, reference), now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("visits:export_list")


def _own_job(request: AuthedRequest, reference: str) -> ExportJob:
    jobs = ExportJob.objects.visible_to(request.user).select_related("export")
    return get_object_or_404(jobs, reference=reference)
