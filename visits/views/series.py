"""Visits that recur: planned with a look at the dates first, changed, ended, healed."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.http import AuthedRequest
from cadres.models import CalendarDay
from cadres.reports.keyset import page_asked
from visits.actions.change_series import change_series, end_series
from visits.actions.plan_series import book_skipped, check_pattern, plan_series
from visits.forms.buttons import only_rebuilds, typed
from visits.forms.log import ReasonForm
from visits.forms.series import SeriesSheet, from_plan
from visits.models import Series, SeriesDate
from visits.reports.series_page import Foreseen, foresee, lines_of
from visits.rules.series import dates_of
from visits.views.plans import given_in

PAGE = 50


def _find(request: AuthedRequest, reference: str, *, to: str = "visible_to") -> Series:
    rows: QuerySet[Series] = getattr(Series.objects, to)(request.user)
    return get_object_or_404(
        rows.select_related("place", "unit__place"), reference=reference
    )


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def series_list(request: AuthedRequest) -> HttpResponse:
    rows = Series.objects.visible_to(request.user)
    ended = request.GET.get("show") == "ended"
    rows = rows.filter(ended_at__isnull=not ended).select_related("place", "unit")
    rows = rows.prefetch_related("team__official")
    page = page_asked(rows, request.GET, "-first", "-pk", size=PAGE)
    context = {"section": "visits", "page": page, "is_ended": ended}
    return render(request, "visits/series/list.html", context)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def series_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    return _detail(request, _find(request, reference), ReasonForm())


def _detail(
    request: AuthedRequest, series: Series, reason: ReasonForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    lines = lines_of(series, reader=request.user, now=now)
    mine = Series.objects.changeable_by(request.user).filter(pk=series.pk)
    context = {
        "section": "visits",
        "series": series,
        "team": list(series.team.select_related("official").order_by("pk")),
        "lines": lines,
        "booked": sum(line.row.visit_id is not None for line in lines),
        "skipped": sum(line.row.visit_id is None for line in lines),
        "is_provisional": any(line.is_provisional for line in lines),
        "offered": [line for line in lines if line.is_offered],
        "may_change": series.ended_at is None and mine.exists(),
        "reason": reason,
    }
    return render(request, "visits/series/detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_visit", raise_exception=True)
def series_plan(request: AuthedRequest) -> HttpResponse:
    """Fill in, look at the dates, book them. Comes also from the page of one visit."""
    today, data = timezone.localdate(), typed(request)
    comes_from_plan = data is not None and "repeat" in data
    if data is not None and comes_from_plan:
        data = from_plan(data)
    given = given_in(request.user, request.GET)
    sheet = SeriesSheet(data, user=request.user, today=today, given=given)
    return _sheet_page(request, sheet, None, None, only_shown=comes_from_plan)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_visit", raise_exception=True)
def series_change(request: AuthedRequest, reference: str, since: str) -> HttpResponse:
    """All dates of a series from one on; earlier ones stay as they are."""
    series = _find(request, reference, to="changeable_by")
    if series.ended_at:
        messages.error(request, _("This series has ended."))
        return redirect(series)
    day = _day(since)
    if not series.dates.filter(day=day).exists():
        raise Http404
    sheet = SeriesSheet(
        typed(request),
        user=request.user,
        today=timezone.localdate(),
        series=series,
        since=day,
    )
    return _sheet_page(request, sheet, series, day)


def _sheet_page(
    request: AuthedRequest,
    sheet: SeriesSheet,
    series: Series | None,
    since: date | None,
    *,
    only_shown: bool = False,
) -> HttpResponse:
    if only_shown or only_rebuilds(request):
        sheet.forgive()
        return _show(request, sheet, series, since)
    if request.method != "POST":
        return _show(request, sheet, series, since)
    if not sheet.is_valid():
        return _show(request, sheet, series, since, status=422)
    try:
        wanted = _wanted(sheet, series)
        if request.POST.get("book") != sheet.stamp():
            # Not looked at yet, or changed since: first the dates, then the booking.
            foreseen = _foresee(request, sheet, wanted, series, since)
            return _show(request, sheet, series, since, foreseen=foreseen)
        series = _save(request, sheet, series, since)
    except ValidationError as refusal:
        sheet.add_refusal(refusal)
        return _show(request, sheet, series, since, status=422)
    messages.success(request, _("The series is saved."))
    return redirect(series)


def _save(
    request: AuthedRequest,
    sheet: SeriesSheet,
    series: Series | None,
    since: date | None,
) -> Series:
    typed = sheet.main.cleaned_data
    arguments: dict[str, Any] = sheet.main.columns()
    arguments |= {"by": request.user, "now": timezone.localtime(), "team": sheet.team()}
    if series and since:
        version = typed["version"] or 0
        return change_series(series, version=version, since=since, **arguments)
    return plan_series(client_key=typed["client_key"], **arguments)


def _wanted(sheet: SeriesSheet, series: Series | None) -> Series:
    """The series as it would be; refused if it could not stand at all."""
    wanted = Series(pk=series.pk if series else None, **sheet.main.columns())
    check_pattern(wanted, timezone.localtime())
    return wanted


def _foresee(
    request: AuthedRequest,
    sheet: SeriesSheet,
    wanted: Series,
    series: Series | None,
    since: date | None,
) -> list[Foreseen]:
    unit = sheet.lead_unit()
    if unit is None:
        return []
    dates = dates_of(wanted.pattern, CalendarDay.objects.working_calendar())
    moving: set[int] = set()
    if series and since:
        rows = series.dates.filter(day__gte=since, visit__isnull=False)
        moving = set(rows.values_list("visit_id", flat=True))
    return foresee(
        wanted,
        [member.official for member in sheet.team()],
        unit,
        dates,
        reader=request.user,
        now=timezone.localtime(),
        besides=frozenset(moving),
    )


def _show(
    request: AuthedRequest,
    sheet: SeriesSheet,
    series: Series | None,
    since: date | None,
    *,
    status: int = 200,
    foreseen: list[Foreseen] | None = None,
) -> HttpResponse:
    if series and since:
        here = reverse("visits:series_change", args=[series.reference, since])
    else:
        here = reverse("visits:series_plan")
    context = {
        "section": "visits",
        "sheet": sheet,
        "series": series,
        "since": since,
        "here": here,
        "foreseen": foreseen,
        "stamp": sheet.stamp() if foreseen is not None else "",
        "is_provisional": any(it.due.provisional for it in foreseen or []),
        "to_book": sum(not it.skip for it in foreseen or []),
    }
    return render(request, "visits/series/plan.html", context, status=status)


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def series_end(request: AuthedRequest, reference: str) -> HttpResponse:
    series = _find(request, reference, to="changeable_by")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, series, form, status=422)
    version = request.POST.get("version", "")
    try:
        end_series(
            series,
            by=request.user,
            now=timezone.now(),
            version=int(version) if version.isascii() and version.isdigit() else 0,
            reason=form.cleaned_data["reason"],
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(
            request, _("The series has ended; its visits to come are off.")
        )
    return redirect(series)


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def series_book(request: AuthedRequest, reference: str, day: str) -> HttpResponse:
    """Book a skipped date whose obstacle has gone."""
    series = _find(request, reference, to="changeable_by")
    row = get_object_or_404(SeriesDate.objects.filter(series=series), day=_day(day))
    try:
        book_skipped(row, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The date is booked."))
    return redirect(series)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
