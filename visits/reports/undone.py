"""Where a visit was to go and did not."""

from cadres.models import District
from visits.models import Visit, VisitEvent
from visits.rules.visit_states import HELD, VisitState


def undone_places(visit: Visit) -> list[District]:
    """Places that were planned and not gone to, in the order of their codes.

    Of a visit that was held, what its first log left out of the plan; of one that was
    called off or did not take place, all of it.
    """
    there = visit.stops.values_list("place", flat=True)
    if visit.state in (VisitState.CANCELLED, VisitState.NOT_HELD):
        return list(District.objects.filter(pk__in=there).order_by("code"))
    if visit.state not in HELD:
        return []
    first_log = visit.events.filter(kind=VisitEvent.Kind.LOGGED).order_by("pk").first()
    planned = (first_log.changes if first_log else {}).get("stops", [[], []])[0]
    places = [stop["place"] for stop in planned if "place" in stop]
    gone_to = visit.stops.values("place")
    undone = District.objects.filter(pk__in=places).exclude(pk__in=gone_to)
    return list(undone.order_by("code"))
