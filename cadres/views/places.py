"""Places: picked and browsed. A place's own page: visits/views/places.py."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Account, District
from cadres.reports.place_search import find_places
from cadres.rules.levels import Level

SHOWN = 40


@require_safe
@permission_required("cadres.view_district", raise_exception=True)
def place_pick(request: AuthedRequest) -> HttpResponse:
    """A few places while one types: a fragment for static/js/place-picker.js."""
    places = find_places(request.GET.get("q", ""), on=timezone.localdate())
    return render(request, "cadres/_place_options.html", {"places": places})


@require_safe
@permission_required("cadres.view_district", raise_exception=True)
def place_list(request: AuthedRequest) -> HttpResponse:
    """Found by name; else one's own area, and the provinces to go down from."""
    today = timezone.localdate()
    typed = request.GET.get("q", "").strip()[:100]
    found = find_places(typed, on=today, limit=SHOWN + 1) if typed else []
    valid = District.objects.visible_to(request.user).valid(on=today).order_by("code")
    own = None if typed else _area_of(request.user)
    context = {
        "typed": typed,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "own": own,
        "below": valid.right_below(own) if own else [],
        "provinces": [] if typed else valid.filter(level=Level.PROVINCE),
        "section": "places",
    }
    return render(request, "cadres/places/list.html", context)


def _area_of(user: Account) -> District | None:
    """Where one's role holds, else where one's office is."""
    for scope in user.scopes("cadres.view_district"):
        if scope.place:
            return scope.place
    return user.unit.place if user.unit else None
