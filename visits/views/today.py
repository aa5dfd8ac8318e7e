"""Where everyone starts: what must I do now?"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
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
    }
    return render(request, "visits/today/today.html", context)
