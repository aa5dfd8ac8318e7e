"""Moving a visit on the board or by a form, and taking that back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from visits.actions.refusals import Refusal
from visits.actions.shift_visit import remembered, shift_visit, undo_shift
from visits.forms.move import LookForm, MoveVisitForm
from visits.models import Visit
from visits.reports.drop_look import Look, look_at_days, look_at_move
from visits.rules.visit_states import EDITABLE
from visits.views.moved import MOVED, board_address, with_moved
from visits.views.stale import changed_meanwhile
from visits.views.visits import find_visit


@require_safe
@permission_required("visits.plan_visit", raise_exception=True)
def board_look(request: AuthedRequest) -> HttpResponse:
    """While a visit is held over a cell: what it would meet there. Saves nothing."""
    now = timezone.localtime()
    look: Look | None = None
    form: MoveVisitForm | LookForm
    if reference := request.GET.get("visit"):
        visit = find_visit(request, reference, to="changeable_by")
        form = MoveVisitForm(
            request.GET, user=request.user, visit=visit, today=now.date()
        )
        if form.is_valid():
            look = look_at_move(
                visit,
                form.wanted_team,
                form.wanted_stops,
                reader=request.user,
                now=now,
            )
    else:
        form = LookForm(request.GET, user=request.user, today=now.date())
        if form.is_valid():
            typed = form.cleaned_data
            first = (typed["day"], typed["half"])
            last = (typed["last"] or typed["day"], typed["last_half"] or typed["half"])
            look = look_at_days(
                typed["official"], first, last, reader=request.user, now=now
            )
    status = 200 if look else 422
    context = {"look": look, "form": form}
    return render(request, "visits/calendar/_look.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_visit", raise_exception=True)
def visit_move(request: AuthedRequest, reference: str) -> HttpResponse:
    """The form that does by hand what a drop on the board does."""
    visit = find_visit(request, reference, to="changeable_by")
    now = timezone.localtime()
    if request.method != "POST" and visit.state not in EDITABLE:
        messages.error(request, _("This visit can no longer be planned anew."))
        return redirect(visit)
    form = MoveVisitForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        visit=visit,
        today=now.date(),
        back=board_address(request.GET.get("back", "")),
    )
    if request.method != "POST":
        return _show(request, visit, form)
    if not form.is_valid():
        return _show(request, visit, form, status=422)
    before = remembered(visit)
    try:
        moved = shift_visit(
            visit,
            by=request.user,
            now=now,
            version=form.cleaned_data["version"] or 0,
            team=form.wanted_team,
            stops=form.wanted_stops,
            crowding_reason=form.cleaned_data["crowding_reason"],
        )
    except ValidationError as refusal:
        return _refused(request, visit, form, refusal)
    before |= {"visit": moved.reference, "version": moved.version}
    request.session[MOVED] = before
    back = board_address(form.cleaned_data["back"]) or moved.get_absolute_url()
    return redirect(with_moved(back, moved))


def _refused(
    request: AuthedRequest, visit: Visit, form: MoveVisitForm, refusal: ValidationError
) -> HttpResponse:
    about: dict[str, Any] = {}
    if isinstance(refusal, Refusal):
        about = {"clashes": refusal.clashes, "crowding": refusal.crowding}
        for fault in (it for found in refusal.faults.values() for it in found):
            form.add_error(None, ValidationError(fault.message, code=fault.code))
    if not getattr(refusal, "faults", None):
        show_refusal(form, refusal)
    if refusal.code == "stale":
        about["theirs"] = changed_meanwhile(visit, form)
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(visit.version)  # type: ignore[index]
    return _show(request, visit, form, status=422, **about)


def _show(
    request: AuthedRequest,
    visit: Visit,
    form: MoveVisitForm,
    *,
    status: int = 200,
    **about: Any,
) -> HttpResponse:
    back = board_address(str(form["back"].value() or ""))
    context = {
        "section": "visits",
        "visit": visit,
        "form": form,
        "back": back or visit.get_absolute_url(),
        **about,
    }
    return render(request, "visits/visits/move.html", context, status=status)


@require_POST
@permission_required("visits.plan_visit", raise_exception=True)
def visit_move_undo(request: AuthedRequest, reference: str) -> HttpResponse:
    """Take the last move of this session back; the server knows where it came from."""
    visit = find_visit(request, reference, to="changeable_by")
    back = board_address(request.POST.get("back", "")) or visit.get_absolute_url()
    before = request.session.get(MOVED)
    if not before or before["visit"] != visit.reference:
        messages.error(request, _("There is no move to take back."))
        return redirect(back)
    try:
        undo_shift(
            visit,
            by=request.user,
            now=timezone.localtime(),
            version=before["version"],
            before=before,
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        del request.session[MOVED]
        messages.success(request, _("The move is taken back."))
    return redirect(back)
