"""Where everyone starts: what must I do now, and what is new?"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from cadres.models import Account, Cadre, Setting
from visits.actions.look_at_today import look_at_today
from visits.models import Visit
from visits.reports.changed_since import changed_since
from visits.reports.matter_list import PROMISES, open_promises, with_clocks
from visits.reports.operation import operation
from visits.reports.targets import TargetLine, target_lines
from visits.reports.todo import tasks, week_ahead

SINCE = "today_since"  # in the session: up to when everything was seen


@require_safe
def today(request: AuthedRequest) -> HttpResponse:
    """Those without visits start where their role has its work."""
    user, now = request.user, timezone.now()
    goes_out = user.has_perm("visits.view_visit")
    if not goes_out and not user.has_perm("visits.view_letter"):
        if user.has_perm("visits.view_district_report"):
            return redirect("visits:report_districts")
        is_keeper = user.has_perm("visits.view_operation")
        faults = operation(now=now).faults if is_keeper else None
        start = {"section": "today", "faults": faults}
        return render(request, "visits/today/start.html", start)
    day = timezone.localtime(now).date()
    ahead = week_ahead(user, on=day) if goes_out else []
    since = _seen_until(request, now)
    context = {
        "section": "today",
        "day": day,
        "tasks": tasks(user, now=now),
        "today": [visit for visit in ahead if visit.starts_on <= day],
        "ahead": [visit for visit in ahead if visit.starts_on > day],
        "is_own": bool(user.acts_for_ids()),
        "briefed": _briefed(user, ahead, now=now),
        "since": since,
        "news": changed_since(user, since, now=now),
        "targets": _own_targets(user, now),
        **_promises(user, now),
    }
    return render(request, "visits/today/today.html", context)


@require_POST
def today_seen(request: AuthedRequest) -> HttpResponse:
    """All that is new has been read: the list begins anew."""
    now = timezone.now()
    look_at_today(by=request.user, now=now)
    request.session[SINCE] = now.isoformat()
    return redirect("visits:today")


def _seen_until(request: AuthedRequest, now: datetime) -> datetime:
    """When they last looked before this session, or said that they have seen it all.

    So a page that is loaded again keeps its list.
    """
    before = look_at_today(by=request.user, now=now)
    if SINCE not in request.session:
        request.session[SINCE] = (before or now).isoformat()
    return datetime.fromisoformat(request.session[SINCE])


def _promises(user: Account, now: datetime) -> dict[str, Any]:
    on = timezone.localdate(now)
    found = open_promises(user, on=on)
    if not found:
        return {"promises": []}
    settings = Setting.objects.as_dict()
    return {
        "promises": with_clocks(found[:PROMISES], on=on, settings=settings),
        "has_more_promises": len(found) > PROMISES,
    }


def _own_targets(user: Account, now: datetime) -> list[TargetLine]:
    """The official's own alone: who acts for several sees each on that one's page."""
    if user.cadre_id is None:
        return []
    own = Cadre.objects.select_related("unit__place").get(pk=user.cadre_id)
    return target_lines(own, user, on=timezone.localdate(now))


def _briefed(user: Account, visits: list[Visit], *, now: datetime) -> set[int]:
    rows = Visit.objects.to_brief(user, now=now)
    pks = [visit.pk for visit in visits]
    return set(rows.filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
