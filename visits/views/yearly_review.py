"""The yearly review of how personal data is handled: for the auditor."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.actions.write_audit import write_audit
from cadres.http import AuthedRequest
from cadres.models import AuditEntry
from visits.reports.yearly_review import yearly_review
from visits.rules.periods import Period, PeriodKind

SHOWN = 4  # years; what is older is in the list of looks


@require_safe
@permission_required("visits.audit_access", raise_exception=True)
def review(request: AuthedRequest) -> HttpResponse:
    write_audit(AuditEntry.Kind.AUDIT, "read", by=request.user)
    today = timezone.localdate()
    periods = [Period(PeriodKind.YEAR, today.year - back) for back in range(SHOWN)]
    wanted = request.GET.get("year", "")
    period = next((it for it in periods if it.code == wanted), periods[0])
    context = {
        "section": "looks",
        "periods": periods,
        "review": yearly_review(request.user, period),
        "is_running": period.year == today.year,
        "today": today,
    }
    return render(request, "visits/accesses/review.html", context)
