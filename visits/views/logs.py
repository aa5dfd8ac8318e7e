"""Logging a visit, and correcting its log."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres.http import AuthedRequest
from visits.actions.log_visit import log_visit
from visits.actions.refusals import Refusal
from visits.forms.buttons import only_rebuilds, typed
from visits.forms.log import LogSheet
from visits.models import Visit
from visits.rules.visit_states import HELD, TO_COME, Part
from visits.views.stale import changed_meanwhile, renew_version
from visits.views.visits import find_visit


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.log_visit", raise_exception=True)
def visit_log(request: AuthedRequest, reference: str) -> HttpResponse:
    visit = find_visit(request, reference, to="changeable_by")
    if request.method != "POST":
        if visit.state not in [*TO_COME, *HELD]:
            messages.error(request, _("This visit cannot be logged."))
            return redirect(visit)
        if visit.starts_at > timezone.now() and visit.state not in HELD:
            messages.error(request, _("It has not begun yet; log it afterwards."))
            return redirect(visit)
    sheet = LogSheet(typed(request), visit=visit, today=timezone.localdate())
    if request.method != "POST":
        return _show(request, sheet, visit)
    if only_rebuilds(request):
        sheet.forgive()
        return _show(request, sheet, visit)
    if not sheet.is_valid():
        return _show(request, sheet, visit, status=422)
    now = timezone.localtime()
    try:
        log_visit(visit, by=request.user, now=now, **sheet.arguments())
    except ValidationError as refusal:
        return _refused(request, sheet, visit, refusal)
    messages.success(request, _("The visit is logged."))
    return redirect(visit)


def _refused(
    request: AuthedRequest, sheet: LogSheet, visit: Visit, refusal: ValidationError
) -> HttpResponse:
    about: dict[str, Any] = {}
    sheet.add_refusal(refusal)
    if isinstance(refusal, Refusal):
        # It was when it was: no other time is offered.
        for clash in refusal.clashes:
            clash.windows = []
        about["clashes"] = refusal.clashes
    if refusal.code == "stale":
        about["theirs"] = changed_meanwhile(visit, sheet.main)
        renew_version(visit, sheet.main)
    return _show(request, sheet, visit, status=422, **about)


def _show(
    request: AuthedRequest,
    sheet: LogSheet,
    visit: Visit,
    *,
    status: int = 200,
    **about: Any,
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "visit": visit,
        "is_past": True,
        "confirms": visit.team.filter(
            part=Part.LEAD, official=request.user.cadre_id
        ).exists(),
        "section": "visits",
        **about,
    }
    return render(request, "visits/visits/log.html", context, status=status)
