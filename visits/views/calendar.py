"""Who goes where: the calendar as week, month and list."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.addresses import address
from cadres.http import AuthedRequest
from cadres.models import Cadre, District, Unit
from visits.forms.visit_list import VisitListForm
from visits.reports.calendar_page import Subject, calendar_page, units_in_reach
from visits.reports.visit_list import visit_list
from visits.rules.activities import SHORT
from visits.rules.calendar_spans import Month, Week
from visits.rules.list_pages import ListPage
from visits.views.moved import just_moved, plain_address
from visits.views.own_lists import own_lists


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def calendar(request: AuthedRequest) -> HttpResponse:
    if request.GET.get("view") == "list":
        return _list(request)
    subject, today = _subject(request), timezone.localdate()
    is_month = "month" in (request.GET.get("view"), *request.GET)
    span: Month | Week
    if is_month:
        span = Month.read(request.GET.get("month", ""), today=today)
    else:
        span = Week.read(request.GET.get("week", ""), today=today)
    context = calendar_page(
        request.user,
        subject,
        span,
        now=timezone.now(),
        after=_number(request, "after"),
        before=_number(request, "before"),
    )
    context |= {"section": "visits", "span": span, "is_month": is_month}
    context |= {"units": units_in_reach(request.user), "links": _links(subject, span)}
    context |= {"activities": SHORT.items(), "week_address": _address(subject)}
    context["pager"] = _official_pager(subject, span, context["officials"])
    context["moved"] = just_moved(request)
    context["here"] = plain_address(request.get_full_path())
    context["move_back"] = f"?{urlencode({'back': context['here']})}"
    plan_of = {name: it for name, it in _parameters(subject).items() if name != "unit"}
    context["plan_query"] = urlencode(plan_of)
    template = "month" if is_month else "place" if subject.place else "week"
    return render(request, f"visits/calendar/{template}.html", context)


def _list(request: AuthedRequest) -> HttpResponse:
    form = VisitListForm(request.GET)
    typed = form.cleaned_data if form.is_valid() else {}
    page = visit_list(
        request.user,
        **typed,
        older=request.GET.get("older", ""),
        newer=request.GET.get("newer", ""),
        now=timezone.now(),
    )
    kept = [(name, request.GET[name]) for name in typed if request.GET.get(name)]
    here = f"{address('visits:calendar')}?{urlencode([('view', 'list'), *kept])}"
    pager = {
        "previous_url": page.before and f"{here}&newer={page.before.reference}",
        "next_url": page.after and f"{here}&older={page.after.reference}",
    }
    today = timezone.localdate()
    context = {
        "section": "visits",
        "form": form,
        "visits": page.rows,
        "pager": pager,
        "links": _links(Subject(), Week.of(today)),
        "is_filtered": bool(kept),
    } | own_lists(request, ListPage.VISITS, form)
    return render(request, "visits/calendar/list.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _found(request: HttpRequest, name: str, rows: QuerySet[Any]) -> Any:
    """The record that the address names, among those the reader may see; else 404."""
    if not request.GET.get(name):
        return None
    pk = _number(request, name)
    if pk is None:
        raise Http404
    return get_object_or_404(rows, pk=pk)


def _subject(request: AuthedRequest) -> Subject:
    """Whose calendar is asked for: the narrowest thing that the address names."""
    user = request.user
    if not any(request.GET.get(name) for name in ("official", "place", "unit")):
        return Subject()
    officials = Cadre.objects.visible_to(user).select_related("unit")
    if official := _found(request, "official", officials):
        return Subject(official=official)
    if place := _found(request, "place", District.objects.visible_to(user)):
        return Subject(place=place)
    if request.GET.get("unit") == "all":
        return Subject(everyone=True)
    units = Unit.objects.filter(cadres__in=officials).distinct()
    return Subject(unit=_found(request, "unit", units))


def _parameters(subject: Subject) -> dict[str, Any]:
    for name in ("official", "place", "unit"):
        if found := getattr(subject, name):
            return {name: found.pk}
    return {"unit": "all"} if subject.everyone else {}


def _address(subject: Subject, **more: Any) -> str:
    parameters = urlencode(_parameters(subject) | more)
    return f"{address('visits:calendar')}?{parameters}"


def _links(subject: Subject, span: Week | Month) -> dict[str, str]:
    """Addresses of the neighbouring calendars."""
    kind = "month" if isinstance(span, Month) else "week"
    today = timezone.localdate()
    day = today if today in span else span.first
    wanted: dict[str, dict[str, Any]] = {
        "before": {kind: span.before.key},
        "now": {kind: span.of(today).key},
        "after": {kind: span.after.key},
        "week": {"week": Week.of(day).key},
        "month": {"month": Month.of(day).key},
    }
    return {name: _address(subject, **more) for name, more in wanted.items()}


def _wanted(span: Week | Month) -> dict[str, str]:
    return {"month" if isinstance(span, Month) else "week": span.key}


def _official_pager(subject: Subject, span: Week | Month, page: Any) -> dict[str, Any]:
    if page is None:
        return {}
    here = _address(subject, **_wanted(span))
    return {
        "previous_url": page.before and f"{here}&before={page.before.pk}",
        "next_url": page.after and f"{here}&after={page.after.pk}",
    }
