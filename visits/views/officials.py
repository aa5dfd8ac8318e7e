"""The page of an official: who they are, and where they have been and will go."""

from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Cadre
from visits.models import Absence, Visit
from visits.reports.targets import may_see_targets, target_lines
from visits.rules.visit_states import VisitState

SHOWN = 10
RECENT_DAYS = 366


@require_safe
@permission_required("cadres.view_cadre", raise_exception=True)
def cadre_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    officials = Cadre.objects.visible_to(user).with_post(on=today)
    official = get_object_or_404(officials.select_related("unit__place"), pk=pk)
    visits = (
        Visit.objects.visible_to(user)
        .filter(team__official=official)
        .exclude(state=VisitState.CANCELLED)
        .prefetch_related("stops__place")
    )
    coming = visits.filter(ends_on__gte=today)
    recent = visits.filter(
        ends_on__lt=today, starts_on__gte=today - timedelta(days=RECENT_DAYS)
    )
    this = Cadre.objects.filter(pk=official.pk)
    absences = Absence.objects.visible_to(user).filter(cadre=official, last__gte=today)
    context = {
        "official": official,
        "posts": official.posts.select_related("unit").order_by("-first", "pk"),
        "contact_points": official.contact_points.select_related("place").order_by(
            "-first", "pk"
        ),
        "absences": absences.order_by("first", "pk"),
        "coming": coming.order_by("starts_on", "pk")[:SHOWN],
        "recent": recent.order_by("-starts_on", "-pk")[:SHOWN],
        "shows_visits": user.has_perm("visits.view_visit"),
        "may_plan": this.plannable_by(user, on=today).exists(),
        "may_edit": this.editable_by(user).exists(),
        "is_own": user.cadre_id == official.pk,
        "targets": target_lines(official, user, on=today)
        if may_see_targets(user, official)
        else [],
        "may_set_targets": this.in_scopes_of(user, "visits.set_targets").exists(),
        "today": today,
        "section": "officials",
    }
    return render(request, "visits/officials/detail.html", context)
