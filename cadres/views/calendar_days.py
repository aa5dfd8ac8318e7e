"""The working calendar: a year at a glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import NATIONAL, CalendarDay, District, regions_of
from cadres.reports.calendar_year import calendar_year
from cadres.reports.record_history import history_of_all
from cadres.rules.working_days import FIRST_YEAR, LAST_YEAR


@require_safe
def calendar_days(request: AuthedRequest) -> HttpResponse:
    """Open to everyone who is signed in: everyone plans by it."""
    today = timezone.localdate()
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        year = today.year
    regions = _regions(request)
    region = request.GET.get("region", "")
    if region not in regions:
        region = NATIONAL
    editable = regions_of(request.user)
    context = {
        "it": calendar_year(year, region),
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        "today": today,
        "regions": regions if len(regions) > 1 else {},
        "region": region,
        "editable": editable,
        "history": history_of_all(CalendarDay) if editable else None,
    }
    return render(request, "cadres/calendar_days/year.html", context)


def _regions(request: AuthedRequest) -> dict[str, str]:
    """The calendars there are, by key; the nation's first."""
    local = CalendarDay.objects.exclude(region=NATIONAL)
    codes = set(local.values_list("region", flat=True).distinct())
    named = District.objects.filter(code__in=codes, valid_to__isnull=True)
    paths = dict(named.order_by("code").values_list("code", "path"))
    return {
        NATIONAL: _("National"),
        **{code: paths.get(code, code) for code in sorted(codes)},
        **{
            code: path
            for code, path in regions_of(request.user).items()
            if code != NATIONAL
        },
    }
