"""How much of an official's time goes to visits: plain counts, no target."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import BigIntegerField, DateField

from cadres.models import Account
from cadres.models.statement import ConditionSlot, Slot, Statement, each
from visits.models import Stop
from visits.reports.seen import is_seen
from visits.rules.calendar_spans import Span
from visits.rules.half_days import halves_between
from visits.rules.visit_states import BOOKED


@dataclass(frozen=True)
class Load:
    visits: int
    days: float  # half a day is 0.5


def workload(
    reader: Account, officials: Collection[int], spans: Sequence[Span]
) -> dict[int, list[Load]]:
    """For each official the load of each span, from what `reader` may see.

    Planned and held visits; two visits in one half-day are one half-day.
    """
    if not officials:
        return {}
    rows = _half_days().rows(
        seen=is_seen(reader),
        officials=each(officials),
        first=min(it.first for it in spans),
        last=max(it.last for it in spans),
    )
    taken: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for official, visit, halves in rows:
        taken[official] |= {(visit, half) for half in halves}
    return {
        official: [_load(taken[official], span) for span in spans]
        for official in officials
    }


@cache
def _half_days() -> Statement:
    """Official, visit, and the half-days of each stop."""
    stops = Stop.objects.filter(
        ConditionSlot("seen", "visit__state"),
        visit__state__in=BOOKED,
        visit__starts_on__lte=Slot("last", DateField()),
        visit__ends_on__gte=Slot("first", DateField()),
        visit__team__official__in=Slot("officials", BigIntegerField()),
    )
    official = "visit__team__official"
    return Statement.of(stops.order_by().values_list(official, "visit", "half_days"))


def _load(taken: set[tuple[int, int]], span: Span) -> Load:
    first, last = halves_between(span.first, span.last)
    inside = {(visit, half) for visit, half in taken if first <= half <= last}
    return Load(
        len({visit for visit, _half in inside}),
        len({half for _visit, half in inside}) / 2,
    )
