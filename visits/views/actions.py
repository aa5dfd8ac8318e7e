"""Unified actions: several leaders, several places, one name."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cadres.http import AuthedRequest
from visits.actions.plan_action import plan_action
from visits.actions.refusals import Refusal
from visits.forms.action import ActionSheet
from visits.forms.buttons import only_rebuilds, typed
from visits.models import Action, Stop, Visit
from visits.reports.action_counts import action_counts
from visits.reports.clashes import Clash

SHOWN = 100


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def action_list(request: AuthedRequest) -> HttpResponse:
    actions = Action.objects.visible_to(request.user).select_related("organiser")
    context = {
        "actions": actions.order_by("-first", "-pk")[:SHOWN],
        "section": "visits",
    }
    return render(request, "visits/actions/list.html", context)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def action_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    action = get_object_or_404(
        Action.objects.visible_to(request.user).select_related("organiser"),
        reference=reference,
    )
    visits = Visit.objects.visible_to(request.user).filter(action=action)
    stops = (
        Stop.objects.filter(visit__in=visits)
        .select_related("visit", "place")
        .prefetch_related("visit__team__official")
        .order_by("starts_at", "visit", "position")
    )
    context = {
        "action": action,
        "stops": stops,
        "counts": action_counts(visits),
        "section": "visits",
    }
    return render(request, "visits/actions/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.plan_action", raise_exception=True)
def action_create(request: AuthedRequest) -> HttpResponse:
    sheet = ActionSheet(typed(request), user=request.user, today=timezone.localdate())
    clashes: list[Clash] = []
    status = 200
    if only_rebuilds(request):
        sheet.forgive()
    elif request.method == "POST":
        status = 422
        if sheet.is_valid():
            now = timezone.localtime()
            try:
                action = plan_action(by=request.user, now=now, **sheet.arguments())
            except ValidationError as refusal:
                sheet.add_refusal(refusal)
                clashes = refusal.clashes if isinstance(refusal, Refusal) else []
                sheet.name_rows(clashes, "legs", sheet.sets["legs"].rows())
            else:
                messages.success(request, _("The action and its visits are planned."))
                return redirect(action)
    context = {"sheet": sheet, "clashes": clashes, "section": "visits"}
    return render(request, "visits/actions/create.html", context, status=status)
