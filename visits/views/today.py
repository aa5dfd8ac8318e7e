"""Where everyone starts: what must I do now?"""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Account
from visits.models import Visit
from visits.reports.todo import tasks, week_ahead


@require_safe
def today(request: AuthedRequest) -> HttpResponse:
    """Those without visits start where their role has its work."""
    user, now = request.user, timezone.now()
    goes_out = user.has_perm("visits.view_visit")
    if not goes_out and not user.has_perm("visits.view_letter"):
        if user.has_perm("visits.view_district_report"):
            return redirect("visits:report_districts")
        return render(request, "visits/today/start.html", {"section": "today"})
    day = timezone.localtime(now).date()
    ahead = week_ahead(user, on=day) if goes_out else []
    context = {
        "section": "today",
        "day": day,
        "tasks": tasks(user, now=now),
        "today": [visit for visit in ahead if visit.starts_on <= day],
        "ahead": [visit for visit in ahead if visit.starts_on > day],
        "is_own": bool(user.acts_for_ids()),
        "briefed": _briefed(user, ahead, now=now),
    }
    return render(request, "visits/today/today.html", context)


def _briefed(user: Account, visits: list[Visit], *, now: datetime) -> set[int]:
    rows = Visit.objects.to_brief(user, now=now)
    pks = [visit.pk for visit in visits]
    return set(rows.filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
