"""Showing visits, and the moves that carry at most a reason."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from cadres.models import Account
from visits.actions.move_visit import (
    announce_visit,
    approve_visit,
    cancel_visit,
    confirm_visit,
    mark_not_held,
)
from visits.forms.log import ReasonForm
from visits.models import Matter, Question, Series, SeriesDate, Visit
from visits.reports.lessons import may_write, own_lesson
from visits.reports.undone import undone_places
from visits.reports.visit_snapshot import in_words
from visits.rules.visit_states import EDITABLE, HELD, TO_COME, Mode, Part, VisitState
from visits.views.moved import just_moved


def find_visit(
    request: AuthedRequest, reference: str, *, to: str = "visible_to"
) -> Visit:
    """The visit if it may be seen, or whatever `to` asks; else 404."""
    rows: QuerySet[Visit] = getattr(Visit.objects, to)(request.user)
    return get_object_or_404(rows.select_related("unit", "action"), reference=reference)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def visit_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference)
    return render(request, "visits/visits/detail.html", _detail(request, visit))


def _own_matters(visit: Visit, user: Account) -> set[int]:
    """Those whose page this person may open."""
    seen = Matter.objects.visible_to(user).filter(stop__visit=visit)
    return set(seen.values_list("pk", flat=True))


def _detail(request: AuthedRequest, visit: Visit) -> dict[str, Any]:
    now, user = timezone.now(), request.user
    this = Visit.objects.filter(pk=visit.pk)
    may_change = this.changeable_by(user).exists()
    may_approve = this.approvable_by(user).exists()
    stops = visit.stops.select_related("place", "planned_place").prefetch_related(
        Prefetch(
            "talks__questions",
            Question.objects.visible_to(user).standing().order_by("pk"),
            to_attr="seen_questions",
        ),
        "findings__investigation",
        "receptions",
        "matters",
    )
    team = list(visit.team.select_related("official", "unit").order_by("pk"))
    events = visit.events.select_related("by", "on_behalf_of").order_by("-at", "-pk")
    has_begun = visit.starts_at <= now
    learns = may_write(visit, user)
    return {
        "section": "visits",
        "visit": visit,
        "moved": just_moved(request),
        "series_date": _series_date(visit, user),
        "stops": stops.order_by("position"),
        "own_matters": _own_matters(visit, user) if visit.state in HELD else set(),
        "team": team,
        "lead": next((m.official for m in team if m.part == Part.LEAD), None),
        "events": [
            {"event": event, "changes": in_words(event.changes)} for event in events
        ],
        "reason": ReasonForm(),
        "may_change": may_change and visit.state in EDITABLE,
        "may_approve": may_approve
        and visit.state == VisitState.PLANNED
        and not has_begun,
        "may_announce": may_change
        and visit.state == VisitState.APPROVED
        and visit.mode != Mode.UNANNOUNCED
        and not has_begun,
        "may_log": may_change
        and user.has_perm("visits.log_visit")
        and has_begun
        and visit.state in [*TO_COME, *HELD],
        "may_record": may_change
        and user.has_perm("visits.log_visit")
        and visit.state in HELD,
        "may_confirm": visit.state == VisitState.LOGGED
        and this.confirmable_by(user).exists(),
        "is_briefed": Visit.objects.to_brief(user, now=now)
        .filter(pk=visit.pk)
        .exists(),
        "may_end": may_change and visit.state in EDITABLE,
        "was_to_be_held": _was_to_be_held(visit),
        "is_held": visit.state in HELD,
        "undone": undone_places(visit) if may_change else [],
        "may_learn": learns,
        "lesson": own_lesson(visit, user) if learns else None,
    }


def _series_date(visit: Visit, user: Account) -> SeriesDate | None:
    """Its place in a series that this person may see."""
    row = SeriesDate.objects.filter(visit=visit).select_related("series").first()
    if row and Series.objects.visible_to(user).filter(pk=row.series_id).exists():
        return row
    return None


def _was_to_be_held(visit: Visit) -> bool:
    """Whether what has not been logged did not take place; else it is cancelled."""
    return visit.state in TO_COME and visit.starts_at <= timezone.now()


@require_POST
@permission_required("visits.approve_visit", raise_exception=True)
def visit_approve(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference, to="approvable_by")
    return _move(request, visit, approve_visit, _("The visit is approved."))


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_announce(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference, to="changeable_by")
    return _move(request, visit, announce_visit, _("The visit is announced."))


@require_POST
@permission_required("visits.confirm_visit", raise_exception=True)
def visit_confirm(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference, to="confirmable_by")
    done = _("The log is confirmed.")
    return _move(request, visit, confirm_visit, done, now=timezone.now())


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_end(request: AuthedRequest, reference: str) -> HttpResponse:
    """Cancel a visit, or record that it did not take place once it has begun."""
    visit = find_visit(request, reference, to="changeable_by")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {**_detail(request, visit), "reason": form}
        return render(request, "visits/visits/detail.html", context, status=422)
    reason = form.cleaned_data["reason"]
    if _was_to_be_held(visit):
        done = _("It is recorded that the visit did not take place.")
        now = timezone.now()
        return _move(request, visit, mark_not_held, done, reason=reason, now=now)
    return _move(
        request, visit, cancel_visit, _("The visit is cancelled."), reason=reason
    )


def _move(
    request: AuthedRequest, visit: Visit, action: Any, done: str, **arguments: Any
) -> HttpResponse:
    try:
        action(visit, by=request.user, **arguments)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, done)
    return redirect(visit)
