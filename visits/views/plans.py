"""Planning visits, changing plans, and going along instead."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadres.http import AuthedRequest
from cadres.models import Account, Cadre, CalendarDay, District, Setting
from visits.actions.booking import clashes_of
from visits.actions.join_visit import join_visit
from visits.actions.plan_visit import change_plan, plan_visit
from visits.actions.refusals import Refusal
from visits.forms.buttons import only_rebuilds, typed
from visits.forms.fields import EARLIEST, LATEST
from visits.forms.plan import PlanSheet
from visits.models import Action, Visit
from visits.reports.crowding import crowding
from visits.rules.light_travel import warnings_of
from visits.rules.moving import Half
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import EDITABLE
from visits.views.stale import changed_meanwhile, renew_version
from visits.views.visits import find_visit


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_visit", raise_exception=True)
def visit_plan(request: AuthedRequest) -> HttpResponse:
    sheet = PlanSheet(
        typed(request),
        user=request.user,
        today=timezone.localdate(),
        given=given_in(request.user, request.GET),
    )
    return _plan_page(request, sheet, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_visit", raise_exception=True)
def visit_change(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference, to="changeable_by")
    if request.method != "POST" and visit.state not in EDITABLE:
        messages.error(request, _("This visit can no longer be planned anew."))
        return redirect(visit)
    sheet = PlanSheet(
        typed(request), user=request.user, today=timezone.localdate(), visit=visit
    )
    return _plan_page(request, sheet, visit)


def _plan_page(
    request: AuthedRequest, sheet: PlanSheet, visit: Visit | None
) -> HttpResponse:
    if only_rebuilds(request):
        sheet.forgive()
        return _show(request, sheet, visit)
    if request.method != "POST":
        return _show(request, sheet, visit)
    if not sheet.is_valid():
        return _show(request, sheet, visit, status=422)
    arguments = sheet.arguments()
    arguments["as_draft"] = "save_draft" in request.POST
    arguments |= {"by": request.user, "now": timezone.localtime()}
    try:
        if visit:
            arguments.pop("client_key")
            version = sheet.main.cleaned_data["version"] or 0
            saved = change_plan(visit, version=version, **arguments)
        else:
            saved = plan_visit(**arguments)
    except ValidationError as refusal:
        return _refused(request, sheet, visit, refusal)
    messages.success(request, _("The visit is saved."))
    return redirect(saved)


def _refused(
    request: AuthedRequest,
    sheet: PlanSheet,
    visit: Visit | None,
    refusal: ValidationError,
) -> HttpResponse:
    about: dict[str, Any] = {}
    sheet.add_refusal(refusal)
    if isinstance(refusal, Refusal):
        about = {"clashes": refusal.clashes, "crowding": refusal.crowding}
        rows = sheet.sets["stops"].rows()
        sheet.name_rows(refusal.clashes, "stops", rows)
        sheet.name_rows(getattr(refusal.crowding, "crowds", []), "stops", rows)
    if visit and refusal.code == "stale":
        about["theirs"] = changed_meanwhile(visit, sheet.main)
        renew_version(visit, sheet.main)
    return _show(request, sheet, visit, status=422, **about)


def _show(
    request: AuthedRequest,
    sheet: PlanSheet,
    visit: Visit | None,
    *,
    status: int = 200,
    **about: Any,
) -> HttpResponse:
    context = {"sheet": sheet, "visit": visit, "section": "visits", **about}
    return render(request, "visits/visits/plan.html", context, status=status)


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_check(request: AuthedRequest) -> HttpResponse:
    """While a plan is typed: who is taken, who else goes there. Saves nothing."""
    visit = None
    if reference := request.GET.get("visit"):
        visit = find_visit(request, reference, to="changeable_by")
    now = timezone.localtime()
    sheet = PlanSheet(request.POST, user=request.user, today=now.date(), visit=visit)
    rows = [
        form
        for form in sheet.sets["stops"].complete_rows()
        if form.span()[0] < form.span()[1]
    ]
    stops = [form.to_plan() for form in rows]
    settings = Setting.objects.as_dict()
    found = clashes_of(
        sheet.complete_team(), stops, by=request.user, now=now, besides=visit
    )
    near = crowding(
        stops,
        unit=sheet.lead_unit(),
        reader=request.user,
        settings=settings,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        today=now.date(),
        besides=visit,
    )
    sheet.name_rows(found, "stops", rows)
    sheet.name_rows(near.crowds, "stops", rows)
    sheet.main.is_valid()
    context = {
        "visit": visit,
        "clashes": found,
        "crowding": near,
        "burdens": warnings_of(sheet.main.cleaned_data, settings),
    }
    return render(request, "visits/visits/_check.html", context)


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_join(request: AuthedRequest, reference: str) -> HttpResponse:
    """Go along with a visit that is there, instead of the plan that was being typed."""
    there = find_visit(request, reference)
    now = timezone.localtime()
    sheet = PlanSheet(request.POST, user=request.user, today=now.date())
    mine = Cadre.objects.plannable_by(request.user, on=now.date())
    may = set(mine.values_list("pk", flat=True))
    officials = [official for official in sheet.complete_team() if official.pk in may]
    try:
        if not officials:
            text = _("Say who goes along: choose an official for whom you plan.")
            raise ValidationError(text, code="nobody")
        join_visit(there, by=request.user, officials=officials, now=now)
    except ValidationError as refusal:
        sheet.forgive()
        sheet.main.add_error(None, ValidationError(refusal.messages))
        # The windows would suit that visit's stops, not those that are being typed.
        clashes = refusal.clashes if isinstance(refusal, Refusal) else []
        for clash in clashes:
            clash.windows = []
        return _show(request, sheet, None, status=422, clashes=clashes)
    messages.success(request, _("You go along with this visit."))
    return redirect(there)


def given_in(user: Account, query: QueryDict) -> dict[str, Any]:
    """What a link fills in on a new plan; anything strange in it is left out."""
    given: dict[str, Any] = {}
    for name in ("place", "official"):
        text = query.get(name, "")
        if text.isascii() and text.isdigit() and len(text) < 19:
            given[name] = int(text)
    if "place" in given and not District.objects.filter(pk=given["place"]).exists():
        del given["place"]
    if day := _day(query.get("date", "")):
        given["day"] = day
        given |= _given_span(day, query)
    if reference := query.get("action", "")[:8]:
        actions = Action.objects.visible_to(user).filter(reference=reference)
        if actions.exists():
            given["action"] = reference
    return given


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _given_span(day: date, query: QueryDict) -> dict[str, Any]:
    """The half-days from `half` of `day` to `last_half` of `last`, if they follow."""
    half = query.get("half", "")
    last, last_half = _day(query.get("last", "")) or day, query.get("last_half", half)
    if half not in Half.values or last_half not in Half.values:
        return {"last": last} if day < last <= day + LONGEST_STOP else {}
    if not (day, half) <= (last, last_half) <= (day + LONGEST_STOP, half):
        return {"half": Half(half)}
    return {"half": Half(half), "last": last, "last_half": Half(last_half)}
