"""How petitioners rated offices and units, in totals that tell of nobody."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from visits.reports.rating_totals import LEAST, closed_quarters, rating_totals


@require_safe
@permission_required("visits.view_ratings", raise_exception=True)
def rating_list(request: AuthedRequest) -> HttpResponse:
    periods = closed_quarters(on=timezone.localdate())
    wanted = request.GET.get("period", "")
    period = next((it for it in periods if it.code == wanted), periods[0])
    context = {
        "section": "letters",
        "periods": periods,
        "period": period,
        "rows": rating_totals(request.user, period),
        "least": LEAST,
    }
    return render(request, "visits/letters/ratings.html", context)
