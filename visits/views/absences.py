"""When officials are away."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from cadres.reports.record_history import history_of
from visits.actions.record_absence import (
    change_absence,
    record_absence,
    remove_absence,
)
from visits.actions.refusals import Refusal
from visits.forms.absence import ChangeAbsenceForm, RecordAbsenceForm
from visits.models import Absence

PAGE = 50
CLASHES = 10  # shown of those that stand in the way


@require_safe
@permission_required("visits.record_absence", raise_exception=True)
def absence_list(request: AuthedRequest) -> HttpResponse:
    today = timezone.localdate()
    mine = Absence.objects.recordable_by(request.user, on=today)
    is_past = request.GET.get("show") == "past"
    rows, keys = (
        (mine.over(on=today), ("-last", "-pk"))
        if is_past
        else (mine.ahead(on=today), ("first", "pk"))
    )
    rows = rows.select_related("cadre__unit", "recorded_by")
    page = page_asked(rows, request.GET, *keys, size=PAGE)
    context = {
        "absences": page.rows,
        "pager": page,
        "is_past": is_past,
        "today": today,
        "section": "visits",
    }
    return render(request, "visits/absences/list.html", context)


@permission_required("visits.record_absence", raise_exception=True)
def absence_create(request: AuthedRequest) -> HttpResponse:
    today = timezone.localdate()
    given = {
        "cadre": request.GET.get("official"),
        "first": request.GET.get("date"),
        "last": request.GET.get("date"),
    }
    form = RecordAbsenceForm(
        request.POST or None, user=request.user, on=today, initial=given
    )
    refusal: ValidationError | None = None
    if form.is_valid():
        try:
            absence = record_absence(
                by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as error:
            refusal = _show(form, error)
        else:
            messages.success(request, _("%s is down as away.") % absence.cadre.name)
            return redirect(_list_of(absence, today))
    return _form(request, form, refusal)


@permission_required("visits.record_absence", raise_exception=True)
def absence_change(request: AuthedRequest, pk: int) -> HttpResponse:
    absence = _absence(request, pk)
    form = ChangeAbsenceForm(request.POST or None, initial=_first(absence))
    refusal: ValidationError | None = None
    if form.is_valid():
        try:
            absence = change_absence(
                absence, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as error:
            refusal = _show(form, error)
            if error.code == "stale":
                # Both versions are shown now; the next save wins.
                absence = _absence(request, pk)
                form.data = {**request.POST.dict(), "seen": _seen(absence)}
        else:
            messages.success(request, _("The absence is changed."))
            return redirect(_list_of(absence, timezone.localdate()))
    return _form(request, form, refusal, absence)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.record_absence", raise_exception=True)
def absence_remove(request: AuthedRequest, pk: int) -> HttpResponse:
    """Asks first: it takes a POST of the page itself to remove."""
    absence = _absence(request, pk)
    if request.method == "POST":
        try:
            remove_absence(absence)
        except Refusal as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The absence is taken out."))
        return redirect(_list_of(absence, timezone.localdate()))
    context = {"absence": absence, "section": "visits"}
    return render(request, "visits/absences/remove.html", context)


def _absence(request: AuthedRequest, pk: int) -> Absence:
    mine = Absence.objects.recordable_by(request.user, on=timezone.localdate())
    return get_object_or_404(mine.select_related("cadre__unit", "recorded_by"), pk=pk)


def _first(absence: Absence) -> dict[str, Any]:
    return {
        "kind": absence.kind,
        "first": absence.first,
        "last": absence.last,
        "seen": _seen(absence),
    }


def _seen(absence: Absence) -> str:
    return f"{absence.recorded_at:%Y-%m-%dT%H:%M:%S.%f%z}"


def _list_of(absence: Absence, today: date) -> str:
    """The list in which the absence stands, or stood."""
    address = reverse("visits:absence_list")
    return address if absence.last >= today else f"{address}?show=past"


def _show(form: Any, refusal: ValidationError) -> ValidationError:
    """Beside the fields, or on the form; clashes have a place of their own."""
    if not getattr(refusal, "clashes", None):
        form.add_error(None, refusal)
    return refusal


def _form(
    request: AuthedRequest,
    form: Any,
    refusal: ValidationError | None,
    absence: Absence | None = None,
) -> HttpResponse:
    clashes = refusal.clashes if isinstance(refusal, Refusal) else []
    context = {
        "form": form,
        "absence": absence,
        "history": history_of(absence) if absence else None,
        "is_stale": refusal is not None and getattr(refusal, "code", "") == "stale",
        "clashes": clashes[:CLASHES],
        "more": max(len(clashes) - CLASHES, 0),
        "section": "visits",
    }
    status = 422 if form.errors or refusal else 200
    return render(request, "visits/absences/form.html", context, status=status)
