"""The page of a place: what lies below it, who keeps in touch, who went and will go."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import District
from cadres.reports.record_history import history_of
from visits.reports.investigation_list import AT_PLACE as STUDIES
from visits.reports.investigation_list import investigations_at
from visits.reports.lessons import lessons_at
from visits.reports.place_page import (
    COMING,
    coming_visits,
    contacts_at,
    is_of_today,
    past_visits,
    places_below,
    visits_at,
)
from visits.reports.question_page import AT_PLACE, open_questions_at, with_limits

LARGEST_KEY = 2**63 - 1


@require_safe
@permission_required("cadres.view_district", raise_exception=True)
def place_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    if pk > LARGEST_KEY:
        raise Http404
    places = District.objects.visible_to(user)
    place = get_object_or_404(places.select_related("managed_by"), pk=pk)
    shows_visits = user.has_perm("visits.view_visit")
    context = {
        "place": place,
        "above": places.real().filter(pk__in=place.chain_ids).order_by("level"),
        "successions": place.succession_to.select_related("successor").order_by("on"),
        "origins": place.succession_from.select_related("predecessor").order_by("on"),
        "venues": place.venues.order_by("name"),
        "contacts": contacts_at([place], user, on=today),
        "below": places_below(place, user, on=today),
        "shows_visits": shows_visits,
        "shows_ages": shows_visits or user.has_perm("visits.view_district_report"),
        "may_plan": user.has_perm("visits.plan_visit") and is_of_today(place, on=today),
        "history": history_of(place) if user.has_perm("cadres.edit_unit") else None,
        "is_of_today": is_of_today(place, on=today),
        "section": "places",
    }
    if shows_visits:
        visits = visits_at(place, user)
        coming = coming_visits(visits, on=today)
        past = past_visits(
            visits,
            on=today,
            older=request.GET.get("older", ""),
            newer=request.GET.get("newer", ""),
        )
        asked = list(open_questions_at(place, user)[: AT_PLACE + 1])
        studies = investigations_at(place, user)
        context |= {
            "investigations": studies[:STUDIES],
            "more_investigations": len(studies) > STUDIES,
            "coming": coming[:COMING],
            "more_coming": len(coming) > COMING,
            "past": past.rows,
            "questions": with_limits(asked[:AT_PLACE], on=today),
            "more_questions": len(asked) > AT_PLACE,
            "lessons": lessons_at(place, user),
            "pager": {
                "previous_url": past.before and f"?newer={past.before.reference}",
                "next_url": past.after and f"?older={past.after.reference}",
            },
        }
    return render(request, "visits/places/detail.html", context)
