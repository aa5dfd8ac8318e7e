"""Entering days of the working calendar, with a look at the visits planned on them."""

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
from django.views.decorators.http import require_http_methods

from cadres.actions.set_calendar_day import (
    add_calendar_day,
    change_calendar_day,
    remove_calendar_day,
)
from cadres.http import AuthedRequest
from cadres.models import CalendarDay
from visits.forms.calendar_day import (
    AddCalendarDayForm,
    CalendarDayForm,
    first_values,
)
from visits.reports.planned_on import MOST, planned_on


@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_create(request: AuthedRequest) -> HttpResponse:
    given = {"region": request.GET.get("region"), "date": request.GET.get("date")}
    form = AddCalendarDayForm(request.POST or None, user=request.user, initial=given)
    if form.is_valid():
        typed = form.arguments()
        if not _is_told(request, form, typed["date"], typed["region"]):
            return _form(request, form, on=typed["date"], region=typed["region"])
        try:
            day = add_calendar_day(by=request.user, now=timezone.now(), **typed)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The day is in the calendar."))
            return redirect(_year_of(day))
    return _form(request, form)


@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_change(request: AuthedRequest, pk: int) -> HttpResponse:
    day = _day(request, pk)
    form = CalendarDayForm(request.POST or None, initial=first_values(day))
    if form.is_valid():
        try:
            change_calendar_day(
                day, by=request.user, now=timezone.now(), **form.arguments()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The day is changed."))
            return redirect(_year_of(day))
    return _form(request, form, on=day.date, region=day.region, day=day)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_remove(request: AuthedRequest, pk: int) -> HttpResponse:
    """Asks first: it takes a POST of the page itself to remove."""
    day = _day(request, pk)
    if request.method == "POST":
        try:
            remove_calendar_day(day)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The day is taken out."))
        return redirect(_year_of(day))
    context = {
        "day": day,
        "planned": planned_on(day.date, day.region, reader=request.user),
        "most": MOST,
        "back": _year_of(day),
    }
    return render(request, "visits/calendar_days/remove.html", context)


def _day(request: AuthedRequest, pk: int) -> CalendarDay:
    return get_object_or_404(CalendarDay.objects.editable_by(request.user), pk=pk)


def _year_of(day: CalendarDay) -> str:
    address = reverse("cadres:calendar_days")
    return f"{address}?year={day.date.year}&region={day.region}"


def _is_told(
    request: AuthedRequest, form: AddCalendarDayForm, on: date, region: str
) -> bool:
    """Whether the visits of that day have been shown, or there are none to show."""
    if form.cleaned_data["told"] == on.isoformat():
        return True
    return planned_on(on, region, reader=request.user) == 0


def _form(
    request: AuthedRequest,
    form: Any,
    *,
    on: date | None = None,
    region: str = "national",
    day: CalendarDay | None = None,
) -> HttpResponse:
    if on and not day:
        form.data = {**request.POST.dict(), "told": on.isoformat()}
    context = {
        "form": form,
        "day": day,
        "on": on,
        "planned": planned_on(on, region, reader=request.user) if on else None,
        "most": MOST,
        "back": _year_of(day) if day else reverse("cadres:calendar_days"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/calendar_days/form.html", context, status=status)
