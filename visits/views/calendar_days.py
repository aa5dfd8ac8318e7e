"""Entering days of the working calendar, with a look at what hangs on them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
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
from cadres.reports.record_history import history_of
from visits.actions.change_clock_rule import recount_after_calendar
from visits.actions.try_calendar_day import moved_if
from visits.forms.calendar_day import (
    AddCalendarDayForm,
    CalendarDayForm,
    first_values,
)
from visits.reports.clock_moves import Moved
from visits.reports.planned_on import MOST, planned_on


@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_create(request: AuthedRequest) -> HttpResponse:
    given = {"region": request.GET.get("region"), "date": request.GET.get("date")}
    form = AddCalendarDayForm(request.POST or None, user=request.user, initial=given)
    if form.is_valid():
        typed = form.arguments()

        def change() -> CalendarDay:
            return add_calendar_day(by=request.user, now=timezone.now(), **typed)

        page = _set(request, form, typed["date"], typed["region"], change)
        return page or _form(request, form)
    return _form(request, form)


@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_change(request: AuthedRequest, pk: int) -> HttpResponse:
    day = _day(request, pk)
    form = CalendarDayForm(request.POST or None, initial=first_values(day))
    if form.is_valid():

        def change() -> CalendarDay:
            return change_calendar_day(
                day, by=request.user, now=timezone.now(), **form.arguments()
            )

        page = _set(request, form, day.date, day.region, change, day=day)
        return page or _form(request, form, on=day.date, region=day.region, day=day)
    return _form(request, form, on=day.date, region=day.region, day=day)


def _set(
    request: AuthedRequest,
    form: CalendarDayForm,
    on: date,
    region: str,
    change: Callable[[], CalendarDay],
    *,
    day: CalendarDay | None = None,
) -> HttpResponse | None:
    """Make the change once what hangs on the day has been shown; None if refused."""
    said = f"{on.isoformat()}/{form.cleaned_data['is_workday']:d}"
    try:
        if form.cleaned_data["told"] != said:
            moved = moved_if(change, on)
            # The page of a day that stands has shown its visits from the start.
            is_planned = not day and planned_on(on, region, reader=request.user)
            if moved or is_planned:
                form.data = {**request.POST.dict(), "told": said}
                return _form(request, form, on=on, region=region, day=day, moved=moved)
        with transaction.atomic():
            changed = change()
            recount_after_calendar(on)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
    done = _("The day is changed.") if day else _("The day is in the calendar.")
    messages.success(request, done)
    return redirect(_year_of(changed))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("cadres.edit_calendar", raise_exception=True)
def calendar_day_remove(request: AuthedRequest, pk: int) -> HttpResponse:
    """Asks first: it takes a POST of the page itself to remove."""
    day = _day(request, pk)
    back = _year_of(day)
    try:
        if request.method == "POST":
            with transaction.atomic():
                remove_calendar_day(day)
                recount_after_calendar(day.date)
            messages.success(request, _("The day is taken out."))
            return redirect(back)
        moved = moved_if(lambda: remove_calendar_day(_day(request, pk)), day.date)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(back)
    context = {
        "day": day,
        "planned": planned_on(day.date, day.region, reader=request.user),
        "most": MOST,
        "moved": moved,
        "back": back,
    }
    return render(request, "visits/calendar_days/remove.html", context)


def _day(request: AuthedRequest, pk: int) -> CalendarDay:
    return get_object_or_404(CalendarDay.objects.editable_by(request.user), pk=pk)


def _year_of(day: CalendarDay) -> str:
    address = reverse("cadres:calendar_days")
    return f"{address}?year={day.date.year}&region={day.region}"


def _form(
    request: AuthedRequest,
    form: Any,
    *,
    on: date | None = None,
    region: str = "national",
    day: CalendarDay | None = None,
    moved: list[Moved] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "day": day,
        "history": history_of(day) if day else None,
        "on": on,
        "planned": planned_on(on, region, reader=request.user) if on else None,
        "most": MOST,
        "moved": moved,
        "is_told": moved is not None,
        "back": _year_of(day) if day else reverse("cadres:calendar_days"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/calendar_days/form.html", context, status=status)
