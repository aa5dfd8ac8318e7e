"""Reports of pressure: written by staff, read by the organ above alone."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cadres.forms.sheet import plain_helper
from cadres.http import AuthedRequest
from cadres.models import Account
from cadres.reports.keyset import page_asked
from visits.actions.report_pressure import open_pressure, report_pressure
from visits.forms.lookup import ReasonForm, ReportPressureForm
from visits.models import PressureReport

PAGE = 50


@permission_required("visits.report_pressure", raise_exception=True)
@sensitive_post_parameters()
def pressure_report(request: AuthedRequest) -> HttpResponse:
    form = ReportPressureForm(request.POST or None)
    if form.is_valid():
        try:
            report = report_pressure(
                by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            text = _("Your report is kept, sealed. Its number: %(reference)s.")
            messages.success(request, text % {"reference": report.reference})
            return redirect("visits:pressure_report")
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "helper": plain_helper("text"),
        "reads": _reads(request.user),
    }
    return render(request, "visits/pressure/report.html", context, status=status)


def _reads(user: Account) -> bool:
    """Whether there is a list to go to; for others there is none."""
    return user.is_of_discipline_organ and (
        user.has_perm("visits.seal_letter") or user.has_perm("visits.head_letter")
    )


@require_safe
def pressure_list(request: AuthedRequest) -> HttpResponse:
    if not _reads(request.user):
        raise Http404
    rows = PressureReport.objects.visible_to(request.user).select_related("to_unit")
    page = page_asked(rows, request.GET, "-at", "-pk", size=PAGE)
    context = {"rows": page.rows, "pager": page}
    return render(request, "visits/pressure/list.html", context)


def pressure_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    """Every reading needs a reason and is a look; the words stand in one answer."""
    rows = PressureReport.objects.visible_to(request.user)
    report = get_object_or_404(
        rows.select_related("to_unit", "reported_by", "letter"),
        reference=reference.upper(),
    )
    form = ReasonForm(request.POST or None)
    text = ""
    if form.is_valid():
        try:
            text = open_pressure(
                report,
                by=request.user,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
    had_it = Account.objects.filter(pk__in=report.opened_by).select_related("unit")
    context = {
        "report": report,
        "form": form,
        "helper": plain_helper("reason"),
        "text": text,
        "had_it": had_it.order_by("pk") if text else [],
    }
    status = 422 if form.errors else 200
    return render(request, "visits/pressure/detail.html", context, status=status)
