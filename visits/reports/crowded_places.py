"""Places to which several visits go at about the same time, as one reader sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import BigIntegerField, DateTimeField, OuterRef, Q, Subquery
from django.utils import timezone

from cadres.models import Account, District
from cadres.models.statement import ConditionSlot, Slot, Statement, each
from cadres.rules.levels import Level
from visits.models import Stop, VisitOfficial
from visits.reports.planner import ShownStop
from visits.reports.seen import is_seen
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


class Near(NamedTuple):
    """A stop that may be too near to another: as little of it as tells that."""

    pk: int
    visit: int
    county: int | None
    township: int | None
    starts_at: datetime
    ends_at: datetime
    series: int | None
    county_level: int | None


@dataclass
class Crowd:
    """A place, and one stop of each visit that meets others there."""

    place: int
    level: int
    within: int
    stops: dict[int, Near] = field(default_factory=dict)


def crowded_places(
    reader: Account,
    shown: Sequence[ShownStop],
    *,
    now: datetime,
    settings: dict[str, int],
) -> list[CrowdedPlace]:
    """Where visits of `shown` meet others near in time; visible ones only.

    Only while one of them is still to come, for what is past cannot be moved.
    Townships first, then where most visits meet. One query finds them, another reads
    those that are told.
    """
    county_days = settings["crowd.county_days"]
    township_days = settings["crowd.township_days"]
    shown = [stop for stop in shown if stop.state in BOOKED]
    if not shown or not (county_days or township_days):
        return []
    days = {"county_days": county_days, "township_days": township_days}
    near = _near(reader, shown, **days)
    found = _crowds(near, {stop.pk for stop in shown}, **days)
    to_come = [
        it for it in found if any(stop.starts_at > now for stop in it.stops.values())
    ]
    return _read(_worst(to_come))


def _near(
    reader: Account, shown: Sequence[ShownStop], *, county_days: int, township_days: int
) -> list[Near]:
    """Stops in a county or township of `shown`, and in reach of them in time."""
    first = min(stop.starts_at for stop in shown)
    last = max(stop.ends_at for stop in shown)
    in_county = timedelta(days=county_days + 1)
    in_township = timedelta(days=township_days + 1)
    widest = max(in_county, in_township)
    rows = _booked_near(most=MOST_STOPS).rows(
        seen=is_seen(reader),
        counties=each({stop.county for stop in shown if stop.county} or {0}),
        townships=each({stop.township for stop in shown if stop.township} or {0}),
        county_first=first - in_county,
        county_last=last + in_county,
        township_first=first - in_township,
        township_last=last + in_township,
        starts_after=first - widest - LONGEST_STOP,
        starts_before=last + widest,
    )
    return [Near(*row) for row in rows]


@cache
def _booked_near(*, most: int) -> Statement:
    moment = DateTimeField()
    in_county = Q(
        county__in=Slot("counties", BigIntegerField()),
        starts_at__lte=Slot("county_last", moment),
        ends_at__gte=Slot("county_first", moment),
    )
    in_township = Q(
        township__in=Slot("townships", BigIntegerField()),
        starts_at__lte=Slot("township_last", moment),
        ends_at__gte=Slot("township_first", moment),
    )
    rows = Stop.objects.filter(
        in_county | in_township,
        ConditionSlot("seen", "visit__state"),
        visit__state__in=BOOKED,
        starts_at__gt=Slot("starts_after", moment),
        starts_at__lte=Slot("starts_before", moment),
    ).values_list(
        *("pk", "visit", "county", "township", "starts_at", "ends_at"),
        *("visit__series_date__series", "county__level"),
    )
    return Statement.of(rows.order_by("starts_at", "pk")[:most])


def _crowds(
    near: Sequence[Near], here: set[int], *, county_days: int, township_days: int
) -> Iterable[Crowd]:
    """Of each place the stops that meet one of those `here`."""
    office = timezone.get_current_timezone()
    spans = [
        Span(
            it.county,
            it.township,
            it.starts_at.astimezone(office).date(),
            it.ends_at.astimezone(office).date(),
        )
        for it in near
    ]
    at_place: dict[int, list[int]] = {}
    for number, it in enumerate(near):
        for place in {it.county, it.township} - {None}:
            at_place.setdefault(place, []).append(number)  # type: ignore[arg-type]
    found: dict[int, Crowd] = {}
    for number, stop in enumerate(near):
        if stop.pk not in here:
            continue
        neighbours = {
            other
            for place in {stop.county, stop.township} - {None}
            for other in at_place[place]  # type: ignore[index]
        }
        for other in sorted(neighbours):
            it = near[other]
            # The dates of one series are one plan.
            if it.visit == stop.visit or (
                stop.series is not None and stop.series == it.series
            ):
                continue
            pair = spans[number], spans[other]
            if crowds(*pair, county_days=0, township_days=township_days):
                crowd = Crowd(stop.township or 0, Level.TOWNSHIP, township_days)
            elif crowds(*pair, county_days=county_days, township_days=0):
                crowd = Crowd(stop.county or 0, stop.county_level or 0, county_days)
            else:
                continue
            visits = found.setdefault(crowd.place, crowd).stops
            visits.setdefault(stop.visit, stop)
            visits.setdefault(it.visit, it)
    return found.values()


def _worst(crowds: Iterable[Crowd]) -> list[Crowd]:
    ordered = sorted(crowds, key=lambda it: (-it.level, -len(it.stops), it.place))
    kept: list[Crowd] = []
    told: set[int] = set()
    for it in ordered:
        if not it.stops.keys() <= told:
            kept.append(it)
            told |= it.stops.keys()
    return kept[:SHOWN]


def _read(crowds: Sequence[Crowd]) -> list[CrowdedPlace]:
    if not crowds:
        return []
    lead = VisitOfficial.objects.filter(visit=OuterRef("visit"), part=Part.LEAD)
    stops = (
        Stop.objects.select_related("visit", "county", "township")
        .only(
            *("visit__reference", "starts_at"),
            *("county__path", "county__level", "township__path", "township__level"),
        )
        .annotate(lead=Subquery(lead.values("official__name")[:1]))
        .in_bulk([near.pk for it in crowds for near in it.stops.values()])
    )
    found = []
    for it in crowds:
        nears = sorted(it.stops.values(), key=lambda near: (near.starts_at, near.pk))
        its: list[Stop] = [stops[near.pk] for near in nears]
        place = its[0].township if it.level == Level.TOWNSHIP else its[0].county
        if place is not None:
            found.append(CrowdedPlace(place, it.within, its))
    return found
