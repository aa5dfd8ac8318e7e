"""Where to go: the places of a district by need, as a table and as tiles."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import District
from cadres.rules.levels import Level
from visits.forms.report import place_in, query_of
from visits.reports.needs import areas_of
from visits.reports.where_map import where_map
from visits.reports.where_to_go import (
    ANY,
    DUE_WITHIN,
    ORDERS,
    Line,
    may_book,
    where_to_go,
)
from visits.rules.activities import SHORT


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def where_page(request: AuthedRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    areas = areas_of(user)
    place = place_in(request.GET, areas)
    if place is None:
        if areas:
            raise Http404
        return render(request, "visits/where/none.html", {"section": "visits"})
    kind = request.GET.get("kind", ANY)
    order = request.GET.get("order", ORDERS[0])
    asked = {
        "kind": kind if kind in SHORT else ANY,
        "order": order if order in ORDERS else ORDERS[0],
    }
    may_tile = place.level < Level.TOWNSHIP
    is_tiles = may_tile and request.GET.get("view") == "tiles"
    found = where_to_go(user, place, now=now, with_tiles=is_tiles, **asked)
    today = timezone.localtime(now).date()
    may_plan = user.has_perm("visits.plan_visit")
    lines = [*found.lines]
    for group in found.groups:
        lines += [group.whole, *group.tiles]
    return render(
        request,
        "visits/where/where.html",
        {
            "section": "visits",
            "place": place,
            "found": found,
            "map": where_map(found.groups) if is_tiles else None,
            "asked": asked,
            "is_tiles": is_tiles,
            "may_tile": may_tile,
            "bookable": {
                line.place.pk
                for line in lines
                if may_plan and not line.is_itself and may_book(line, on=today)
            },
            "chain": _chain(areas, place),
            "other_areas": [area for area in areas if not area.contains(place)],
            "activities": SHORT.items(),
            "due_within": DUE_WITHIN,
            "links": _links(place, asked, is_tiles=is_tiles),
            "has_townships": place.level < Level.COUNTY,
            "opens": {line.place.pk for line in found.lines if _opens(line)},
        },
    )


def _opens(line: Line) -> bool:
    """Whether it has a page of its own below this one."""
    return not line.is_itself and line.place.level < Level.VILLAGE


def _chain(areas: list[District], place: District) -> list[District]:
    """The places above, as far up as one's own area reaches."""
    own = [area for area in areas if area.contains(place)]
    top = min(area.level for area in own)
    above = District.objects.real().filter(pk__in=place.chain_ids, level__gte=top)
    return list(above.exclude(pk=place.pk).order_by("level"))


def _links(place: District, asked: dict[str, str], *, is_tiles: bool) -> dict[str, Any]:
    """The same page asked otherwise."""
    now: dict[str, str | int] = {"place": place.pk, **asked}
    if is_tiles:
        now["view"] = "tiles"

    def link(**other: str) -> str:
        parts = now | other
        defaults = {"order": ORDERS[0], "kind": ANY, "view": "table"}
        kept = {key: it for key, it in parts.items() if defaults.get(key) != it}
        return f"?{query_of(**kept)}"

    return {
        "table": link(view="table"),
        "tiles": link(view="tiles"),
        "any": link(kind=ANY),
        "kinds": [(code, label, link(kind=code)) for code, label in SHORT.items()],
        "orders": {order: link(order=order) for order in ORDERS},
        "below": query_of(kind=asked["kind"], order=asked["order"]),
    }
