"""The briefing of a visit: on the phone, or on paper, before one sets out."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from visits.models import Visit
from visits.reports.briefing import briefing
from visits.rules.briefing import briefed_until, opens_at


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def visit_briefing(request: AuthedRequest, reference: str) -> HttpResponse:
    """From the evening before; earlier, a preview for those who go and plan."""
    now = timezone.now()
    rows = Visit.objects.to_brief(request.user, now=now).select_related("unit")
    visit = get_object_or_404(rows, reference=reference)
    local = timezone.localtime(now)
    return render(
        request,
        "visits/visits/briefing.html",
        {
            "section": "visits",
            "visit": visit,
            "briefing": briefing(visit, request.user, now=now),
            "today": local.date(),
            "now": local,
            "is_preview": visit.starts_on > briefed_until(local),
            "opens_at": opens_at(visit.starts_on),
        },
    )
