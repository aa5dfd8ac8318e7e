"""Planning, showing and moving visits."""

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import Sheet
from cadres.http import AuthedRequest, adds_row, posted
from cadres.models import Account, Cadre, CalendarDay, District, Setting
from visits.actions.join_visit import join_visit
from visits.actions.log_visit import log_visit
from visits.actions.move_visit import (
    announce_visit,
    approve_visit,
    cancel_visit,
    confirm_visit,
    mark_not_held,
)
from visits.actions.plan_visit import change_plan, plan_visit
from visits.actions.refusals import Refusal
from visits.forms.log import LogSheet, ReasonForm
from visits.forms.plan import PlanSheet
from visits.models import Action, Visit
from visits.reports.clashes import clashes
from visits.reports.crowding import crowding
from visits.reports.visit_snapshot import in_words
from visits.rules.free_windows import Window
from visits.rules.light_travel import warnings_of
from visits.rules.visit_states import EDITABLE, HELD, TO_COME, Mode, VisitState


def _visit(request: AuthedRequest, reference: str, *, to: str = "visible_to") -> Visit:
    """The visit if it may be seen, or whatever `to` asks; else 404."""
    rows: QuerySet[Visit] = getattr(Visit.objects, to)(request.user)
    return get_object_or_404(rows.select_related("unit", "action"), reference=reference)


@permission_required("visits.plan_visit", raise_exception=True)
def visit_plan(request: AuthedRequest) -> HttpResponse:
    sheet = PlanSheet(
        typed(request),
        user=request.user,
        today=timezone.localdate(),
        given=_given(request.user, request.GET),
    )
    return _plan_page(request, sheet, None)


@permission_required("visits.plan_visit", raise_exception=True)
def visit_change(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference, to="changeable_by")
    if visit.state not in EDITABLE:
        messages.error(request, _("This visit can no longer be planned anew."))
        return redirect(visit)
    sheet = PlanSheet(
        typed(request), user=request.user, today=timezone.localdate(), visit=visit
    )
    return _plan_page(request, sheet, visit)


def _plan_page(
    request: AuthedRequest, sheet: PlanSheet, visit: Visit | None
) -> HttpResponse:
    refusal: ValidationError | None = None
    status = 200
    if only_rebuilds(request):
        sheet.forgive()
    elif request.method == "POST":
        status = 422
        if sheet.is_valid():
            arguments = sheet.arguments()
            arguments["as_draft"] = "save_draft" in request.POST
            now = timezone.localtime()
            try:
                if visit:
                    arguments.pop("client_key")
                    version = sheet.main.cleaned_data["version"] or 0
                    saved = change_plan(
                        visit, by=request.user, now=now, version=version, **arguments
                    )
                else:
                    saved = plan_visit(by=request.user, now=now, **arguments)
            except ValidationError as error:
                refusal = error
                sheet.add_refusal(error)
                _renew_version(sheet, visit, error)
            else:
                messages.success(request, _("The visit is saved."))
                return redirect(saved)
    return render(
        request,
        "visits/visits/plan.html",
        {
            "sheet": sheet,
            "visit": visit,
            "section": "visits",
            **_about(refusal, visit, request),
        },
        status=status,
    )


def sheet_version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _renew_version(sheet: Sheet, visit: Visit | None, error: ValidationError) -> None:
    """Once a stale form is refused and both versions are shown, the next save wins."""
    if visit and error.code == "stale":
        visit.refresh_from_db()
        sheet.main.data["version"] = str(visit.version)  # type: ignore[index]


def _about(
    refusal: ValidationError | None, visit: Visit | None, request: AuthedRequest
) -> dict[str, Any]:
    """What the page says about a refusal: clashes, crowding, what others changed."""
    if not isinstance(refusal, Refusal):
        return {}
    about: dict[str, Any] = {
        "refusal": refusal,
        "clashes": refusal.clashes,
        "crowding": refusal.crowding,
    }
    if refusal.code == "stale" and visit:
        known = sheet_version(request)
        events = visit.events.exclude(changes={}).select_related("by")
        about["theirs"] = [
            {"event": event, "changes": in_words(event.changes)}
            for event in events.order_by("-at", "-pk")[: max(visit.version - known, 1)]
        ]
    return about


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_check(request: AuthedRequest) -> HttpResponse:
    """While a plan is typed: who is taken, who else goes there. Saves nothing."""
    visit = None
    if reference := request.GET.get("visit"):
        visit = _visit(request, reference, to="changeable_by")
    now = timezone.localtime()
    sheet = PlanSheet(request.POST, user=request.user, today=now.date(), visit=visit)
    stops, team = sheet.complete_stops(), sheet.complete_team()
    is_workday = CalendarDay.objects.working_calendar().is_workday
    settings = Setting.objects.as_dict()
    spans = [
        Window(stop.starts_at, stop.ends_at)
        for stop in stops
        if stop.ends_at > stop.starts_at
    ]
    sheet.main.is_valid()
    return render(
        request,
        "visits/visits/_check.html",
        {
            "clashes": clashes(
                team,
                spans,
                reader=request.user,
                is_workday=is_workday,
                now=now,
                besides=visit,
            ),
            "crowding": crowding(
                [stop for stop in stops if stop.ends_at > stop.starts_at],
                reader=request.user,
                settings=settings,
                is_workday=is_workday,
                today=now.date(),
                besides=visit,
            ),
            "burdens": warnings_of(sheet.main.cleaned_data, settings),
        },
    )


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_join(request: AuthedRequest, reference: str) -> HttpResponse:
    """Go along with a visit that is there, instead of the plan that was being typed."""
    there = _visit(request, reference)
    now = timezone.localtime()
    sheet = PlanSheet(request.POST, user=request.user, today=now.date())
    may = set(
        Cadre.objects.plannable_by(request.user, on=now.date()).values_list(
            "pk", flat=True
        )
    )
    officials = [official for official in sheet.complete_team() if official.pk in may]
    refusal: ValidationError | None = None
    try:
        if not officials:
            text = _("Say who goes along: choose an official for whom you plan.")
            raise ValidationError(text, code="nobody")
        join_visit(there, by=request.user, officials=officials, now=now)
    except ValidationError as error:
        refusal = error
        sheet = PlanSheet(request.POST, user=request.user, today=now.date())
        sheet.forgive()
        sheet.add_refusal(error)
    else:
        messages.success(request, _("You go along with this visit."))
        return redirect(there)
    return render(
        request,
        "visits/visits/plan.html",
        {"sheet": sheet, "section": "visits", **_about(refusal, None, request)},
        status=422,
    )


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def visit_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference)
    return render(request, "visits/visits/detail.html", _detail(request, visit))


def _detail(request: AuthedRequest, visit: Visit) -> dict[str, Any]:
    now, user = timezone.now(), request.user
    this = Visit.objects.filter(pk=visit.pk)
    may_change = this.changeable_by(user).exists()
    may_approve = this.approvable_by(user).exists()
    stops = visit.stops.select_related("place", "planned_place").prefetch_related(
        "talks", "findings__investigation", "receptions", "matters"
    )
    has_begun = visit.starts_at <= now
    return {
        "section": "visits",
        "visit": visit,
        "stops": stops.order_by("position"),
        "team": visit.team.select_related("official", "unit").order_by("pk"),
        "events": [
            {"event": event, "changes": in_words(event.changes)}
            for event in visit.events.select_related("by", "on_behalf_of").order_by(
                "-at", "-pk"
            )
        ],
        "reason": ReasonForm(),
        "may_change": may_change and visit.state in EDITABLE,
        "may_approve": may_approve and visit.state == VisitState.PLANNED,
        "may_announce": may_change
        and visit.state == VisitState.APPROVED
        and visit.mode != Mode.UNANNOUNCED,
        "may_log": may_change
        and user.has_perm("visits.log_visit")
        and has_begun
        and visit.state in [*TO_COME, *HELD],
        "may_confirm": visit.state == VisitState.LOGGED
        and this.confirmable_by(user).exists(),
        "may_end": may_change and visit.state in EDITABLE,
        "has_begun": has_begun,
        "is_held": visit.state in HELD,
    }


@require_POST
@permission_required("visits.approve_visit", raise_exception=True)
def visit_approve(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference, to="approvable_by")
    return _move(request, visit, approve_visit, _("The visit is approved."))


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_announce(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference, to="changeable_by")
    return _move(request, visit, announce_visit, _("The visit is announced."))


@require_POST
@permission_required("visits.confirm_visit", raise_exception=True)
def visit_confirm(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference, to="confirmable_by")
    done = _("The log is confirmed.")
    return _move(request, visit, confirm_visit, done, now=timezone.now())


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_end(request: AuthedRequest, reference: str) -> HttpResponse:
    """Cancel a visit, or record that it did not take place once it has begun."""
    visit = _visit(request, reference, to="changeable_by")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {**_detail(request, visit), "reason": form}
        return render(request, "visits/visits/detail.html", context, status=422)
    reason = form.cleaned_data["reason"]
    if visit.starts_at <= timezone.now():
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


@permission_required("visits.log_visit", raise_exception=True)
def visit_log(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = _visit(request, reference, to="changeable_by")
    if visit.state not in [*TO_COME, *HELD]:
        messages.error(request, _("This visit cannot be logged."))
        return redirect(visit)
    if visit.starts_at > timezone.now() and visit.state not in HELD:
        messages.error(request, _("It has not begun yet; log it afterwards."))
        return redirect(visit)
    sheet = LogSheet(typed(request), visit=visit, today=timezone.localdate())
    refusal: ValidationError | None = None
    status = 200
    if only_rebuilds(request):
        sheet.forgive()
    elif request.method == "POST":
        status = 422
        if sheet.is_valid():
            now = timezone.localtime()
            try:
                visit = log_visit(visit, by=request.user, now=now, **sheet.arguments())
            except ValidationError as error:
                refusal = error
                sheet.add_refusal(error)
                _renew_version(sheet, visit, error)
            else:
                messages.success(request, _("The visit is logged."))
                return redirect(visit)
    return render(
        request,
        "visits/visits/log.html",
        {
            "sheet": sheet,
            "visit": visit,
            "section": "visits",
            **_about(refusal, visit, request),
        },
        status=status,
    )


USE_DAY = re.compile(r"([0-9]{1,2}):([0-9]{4}-[0-9]{2}-[0-9]{2})")
USE_WINDOW = re.compile(r"([0-9]{1,2}):(\S{10})T(\S{5})/(\S{10})T(\S{5})")


def only_rebuilds(request: HttpRequest) -> bool:
    """Whether a button was pressed that changes the page and saves nothing."""
    return adds_row(request) or bool({"use_day", "use_window"} & request.POST.keys())


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted, with what its small buttons (add a row …) add to it."""
    data = posted(request)
    if data is None:
        return None
    if found := USE_DAY.fullmatch(data.get("use_day", "")):
        _shift(data, int(found[1]), found[2])
    if found := USE_WINDOW.fullmatch(data.get("use_window", "")):
        prefix = f"stops-{found[1]}"
        data[f"{prefix}-day"], data[f"{prefix}-starts"] = found[2], found[3]
        data[f"{prefix}-ends"] = found[5]
        data[f"{prefix}-last_day"] = found[4] if found[4] != found[2] else ""
    return data


def _shift(data: QueryDict, row: int, to: str) -> None:
    """Move a stop to another day, and keep how many days it lasts."""
    prefix = f"stops-{row}"
    try:
        new = date.fromisoformat(to)
        day = date.fromisoformat(data.get(f"{prefix}-day", ""))
        last = data.get(f"{prefix}-last_day", "")
        if last:
            length = date.fromisoformat(last) - day
            data[f"{prefix}-last_day"] = str(new + length)
    except ValueError:
        return
    data[f"{prefix}-day"] = str(new)


def _given(user: Account, query: QueryDict) -> dict[str, Any]:
    """What a link fills in on a new plan; anything strange in it is left out."""
    given: dict[str, Any] = {}
    for name in ("place", "official"):
        text = query.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 19:
            given[name] = int(text)
    if "place" in given and not District.objects.filter(pk=given["place"]).exists():
        del given["place"]
    try:
        given["day"] = date.fromisoformat(query.get("date", ""))
    except ValueError:
        given.pop("day", None)
    reference = query.get("action", "")[:8]
    if (
        reference
        and Action.objects.visible_to(user).filter(reference=reference).exists()
    ):
        given["action"] = reference
    return given
