"""Places to which several visits go at about the same time, as one reader sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from cadres.models import Account, District
from visits.models import Stop, Visit, VisitOfficial
from visits.rules.crowding import Span, crowds
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import BOOKED, Part

SHOWN = 3
MOST_STOPS = 500  # more would be a list, not a notice


@dataclass
class CrowdedPlace:
    place: District
    # Within how many days they meet, as the office has set it.
    within: int
    # One stop of each visit, by time; `lead` is the name of who leads it.
    stops: list[Stop]


def crowded_places(
    reader: Account, shown: Sequence[Stop], *, now: datetime, settings: dict[str, int]
) -> list[CrowdedPlace]:
    """Where visits of `shown` meet others near in time; visible ones only, one query.

    Only while one of them is still to come, for what is past cannot be moved.
    Townships first, then where most visits meet.
    """
    county_days = settings["crowd.county_days"]
    township_days = settings["crowd.township_days"]
    shown = [stop for stop in shown if stop.visit.state in BOOKED]
    if not shown or not (county_days or township_days):
        return []
    around = timedelta(days=max(county_days, township_days) + 1)
    first = min(stop.starts_at for stop in shown)
    last = max(stop.ends_at for stop in shown)
    lead = VisitOfficial.objects.filter(visit=OuterRef("visit"), part=Part.LEAD)
    near = (
        Stop.objects.filter(
            Q(county__in={stop.county_id for stop in shown if stop.county_id})
            | Q(township__in={stop.township_id for stop in shown if stop.township_id}),
            visit__in=Visit.objects.visible_to(reader).booked(),
            starts_at__lte=last + around,
            starts_at__gt=first - around - LONGEST_STOP,
            ends_at__gte=first - around,
        )
        .select_related("visit", "county", "township")
        .annotate(
            lead=Subquery(lead.values("official__name")[:1]),
            series=F("visit__series_date__series"),
        )
        .order_by("starts_at", "pk")[:MOST_STOPS]
    )
    others = [(_span(stop), stop) for stop in near]
    here = {stop.pk for stop in shown}
    found: dict[int, tuple[District, int, dict[int, Stop]]] = {}
    for span, stop in others:
        if stop.pk not in here:
            continue
        for other_span, other in others:
            # The dates of one series are one plan.
            if other.visit_id == stop.visit_id or (
                stop.series is not None and stop.series == other.series
            ):
                continue
            close = {"county_days": 0, "township_days": township_days}
            if crowds(span, other_span, **close):
                place, within = stop.township, township_days
            elif crowds(span, other_span, county_days=county_days, township_days=0):
                place, within = stop.county, county_days
            else:
                continue
            if place is not None:
                visits = found.setdefault(place.pk, (place, within, {}))[2]
                visits.setdefault(stop.visit_id, stop)
                visits.setdefault(other.visit_id, other)
    return _worst(
        CrowdedPlace(
            place, within, sorted(stops.values(), key=lambda it: (it.starts_at, it.pk))
        )
        for place, within, stops in found.values()
        if any(stop.starts_at > now for stop in stops.values())
    )


def _worst(crowded: Iterable[CrowdedPlace]) -> list[CrowdedPlace]:
    ordered = sorted(
        crowded,
        key=lambda it: (-it.place.level, -len(it.stops), it.place.pk),
    )
    kept: list[CrowdedPlace] = []
    told: set[int] = set()
    for it in ordered:
        visits = {stop.visit_id for stop in it.stops}
        if not visits <= told:
            kept.append(it)
            told |= visits
    return kept[:SHOWN]


def _span(stop: Stop) -> Span:
    return Span(
        stop.county_id, stop.township_id, _day(stop.starts_at), _day(stop.ends_at)
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
