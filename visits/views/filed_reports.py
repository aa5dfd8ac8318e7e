"""Reports that were filed: the list, one as it was filed, and against today."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.fields.json import KeyTransform
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.file_report import file_report
from visits.forms.report import filed_in, may_read_reports
from visits.forms.report_file import FileReportForm
from visits.models import Export, FiledReport
from visits.reports.filed_report import differences, filed_tables, heard
from visits.rules.periods import parse_period
from visits.views.report_frame import page_address, question_asked


@require_safe
def filed_list(request: AuthedRequest) -> HttpResponse:
    if not may_read_reports(request.user):
        raise PermissionDenied
    rows = FiledReport.objects.visible_to(request.user).select_related(
        "place", "action", "filed_by"
    )
    # Of the content, what it is about alone: the figures may be thousands.
    about = rows.defer("content").annotate(about=KeyTransform("about", "content"))
    page = page_asked(about, request.GET, "-filed_at", "-pk")
    context = {"section": "reports", "page": page, "rows": [_told(it) for it in page]}
    return render(request, "visits/reports/filed_list.html", context)


def _told(filed: Any) -> dict[str, Any]:
    about = filed.about if "about" in filed.__dict__ else filed.content["about"]
    return {"filed": filed, "about": heard(about), "period": period_name(filed)}


def period_name(row: FiledReport | Export) -> str:
    if row.action:
        return row.action.name
    period = parse_period(row.period)
    return period.name if period else row.period


@require_http_methods(["GET", "HEAD", "POST"])
def report_file(request: AuthedRequest) -> HttpResponse:
    """A look at what will be filed, and for what; then it stands."""
    try:
        question = question_asked(request)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("visits:filed_list")
    form = FileReportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            filed = file_report(
                question, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The report is filed."))
            return redirect(filed)
    context = {
        "section": "reports",
        "form": form,
        "question": question,
        "asked": question.asked,
        "back": page_address(question),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/reports/file.html", context, status=status)


@require_safe
def filed_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    filed = filed_in(reference, user=request.user)
    context = _told(filed) | {"section": "reports", "tables": filed_tables(filed)}
    return render(request, "visits/reports/filed.html", context)


@require_safe
def filed_compare(request: AuthedRequest, reference: str) -> HttpResponse:
    filed = filed_in(reference, user=request.user)
    today = timezone.localdate()
    found = differences(filed, reader=request.user, today=today)
    context = _told(filed) | {
        "section": "reports",
        "today": today,
        "differences": found,
        "row_label": filed_tables(filed)[0].row_label,
    }
    return render(request, "visits/reports/filed_compare.html", context)
