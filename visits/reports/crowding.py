"""Who else goes near a place: what the planner is told, and what is kept from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cadres.models import Account, District, Unit
from cadres.rules.levels import Level
from visits.models.series import SeriesDate
from visits.models.visit import Stop, Visit
from visits.rules.crowding import Span, crowds, days_apart, quieter_days
from visits.rules.plan import StopPlan
from visits.rules.visit_states import BOOKED, TO_COME

LOOK_AROUND = 60  # days in which a quieter day is looked for
SHOWN = 5


@dataclass
class Neighbour:
    """Another visit near in place and time, as far as the reader may know it."""

    visit: Visit
    place: District
    first: date
    last: date
    apart: int
    may_open: bool
    may_join: bool


@dataclass
class Crowd:
    """What crowds one stop of a plan; `row` counts the stops from 0."""

    row: int
    place: District
    neighbours: list[Neighbour] = field(default_factory=list)
    more: int = 0
    quieter: list[date] = field(default_factory=list)
    at: str = ""  # the name of its row on the page, if it is shown on one

    @property
    def total(self) -> int:
        return len(self.neighbours) + self.more


@dataclass
class Crowding:
    crowds: list[Crowd]
    # Something near that the reader may know nothing about but that it is there.
    unnamed: bool
    # Rows that are crowded by what is named, or by that.
    rows: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.crowds) or self.unnamed


def _span(stop: StopPlan, unit: Unit | None) -> Span:
    place = stop.place
    # Whoever sits in the city itself is there every day.
    above = unit is not None and unit.level < Level.PREFECTURE
    return Span(
        place.county_id,
        place.township_id,
        stop.starts_at.date(),
        (stop.ends_at - timedelta(microseconds=1)).date(),
        prefecture=place.prefecture_id if above else None,
        department=unit.pk if unit and above else None,
    )


def crowding(
    stops: Sequence[StopPlan],
    *,
    unit: Unit | None,
    reader: Account,
    settings: dict[str, int],
    is_workday: Callable[[date], bool],
    today: date,
    besides: Visit | None = None,
    series: int | None = None,
    with_quieter: bool = True,
) -> Crowding:
    """What else takes place near each of `stops` of `unit`, seen by `reader`.

    The visits of a series (its key) are one plan and do not crowd each other.

    Visits that the reader may see are named; others that are no secret show their
    unit and day, not their purpose. An unannounced visit is never named: planners
    whose office stands at least as high as the visiting unit are told that there is
    something; for those below it (the visited place and the offices between) it does
    not exist, in warnings as in suggestions (handbook 4.3).
    """
    limits = {
        "county_days": settings["crowd.county_days"],
        "township_days": settings["crowd.township_days"],
    }
    wanted = [_span(stop, unit) for stop in stops]
    if not wanted or not any(limits.values()):
        return Crowding([], unnamed=False)
    around = timedelta(days=max(limits.values()) + LOOK_AROUND)
    near = Q(pk__in=[])
    for span in wanted:
        here = Q(pk__in=[])
        if span.county:
            here |= Q(county=span.county)
        if span.township:
            here |= Q(township=span.township)
        if span.department and span.prefecture:
            here |= Q(prefecture=span.prefecture, visit__unit=span.department)
        near |= here & Q(
            visit__starts_on__lte=span.last + around,
            visit__ends_on__gte=span.first - around,
        )
    rows = (
        Stop.objects.filter(near, visit__state__in=BOOKED)
        .exclude(visit=besides)
        .select_related("visit__unit", "place")
        .order_by("starts_at", "pk")
    )
    if series is not None:
        own = SeriesDate.objects.filter(visit=OuterRef("visit"), series=series)
        rows = rows.exclude(Exists(own))
    others: list[tuple[Span, Stop]] = []
    secret: list[Span] = []
    visible, joinable = _what_reader_sees(rows, reader)
    for stop in rows:
        span = Span(
            stop.county_id,
            stop.township_id,
            _day(stop.starts_at),
            _day(stop.ends_at - timedelta(microseconds=1)),
            prefecture=stop.prefecture_id,
            department=stop.visit.unit_id,
        )
        if stop.visit.is_hidden and stop.visit_id not in visible:
            if reader.office_level <= stop.visit.unit.level:
                secret.append(span)
        else:
            others.append((span, stop))

    found = []
    unnamed: set[int] = set()
    for row, (span, plan) in enumerate(zip(wanted, stops, strict=True)):
        if any(crowds(span, other, **limits) for other in secret):
            unnamed.add(row)
        near_stops = [it for it in others if crowds(span, it[0], **limits)]
        if not near_stops:
            continue
        by_visit: dict[int, Neighbour] = {}
        for other, stop in near_stops:
            neighbour = Neighbour(
                stop.visit,
                stop.place,
                other.first,
                other.last,
                days_apart(span, other),
                may_open=stop.visit_id in visible,
                may_join=stop.visit_id in joinable,
            )
            known = by_visit.get(stop.visit_id)
            if known is None or neighbour.apart < known.apart:
                by_visit[stop.visit_id] = neighbour
        nearest = sorted(by_visit.values(), key=lambda it: (it.apart, it.first))
        found.append(
            Crowd(
                row,
                plan.place,
                nearest[:SHOWN],
                more=max(0, len(nearest) - SHOWN),
                quieter=quieter_days(
                    span,
                    [other for other, _stop in others] + secret,
                    not_before=today,
                    is_workday=is_workday,
                    **limits,
                )
                if with_quieter
                else [],
            )
        )
    rows_crowded = unnamed | {crowd.row for crowd in found}
    return Crowding(found, bool(unnamed), frozenset(rows_crowded))


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _what_reader_sees(rows: Any, reader: Account) -> tuple[set[int], set[int]]:
    ids = {stop.visit_id for stop in rows}
    seen = Visit.objects.filter(pk__in=ids).visible_to(reader)
    states = dict(seen.values_list("pk", "state"))
    return set(states), {pk for pk, state in states.items() if state in TO_COME}
