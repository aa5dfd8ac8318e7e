"""How much of an official's time goes to visits: plain counts, no target."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cadres.models import Account
from visits.models import Stop, Visit
from visits.reports.seen import is_seen
from visits.rules.calendar_spans import Span
from visits.rules.half_days import halves_between


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
    visits = Visit.objects.filter(is_seen(reader)).booked()
    reach = visits.between(min(s.first for s in spans), max(s.last for s in spans))
    rows = Stop.objects.filter(
        visit__in=reach, visit__team__official__in=officials
    ).values_list("visit__team__official", "visit", "half_days")
    taken: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for official, visit, halves in rows:
        taken[official] |= {(visit, half) for half in halves}
    return {
        official: [_load(taken[official], span) for span in spans]
        for official in officials
    }


def _load(taken: set[tuple[int, int]], span: Span) -> Load:
    first, last = halves_between(span.first, span.last)
    inside = {(visit, half) for visit, half in taken if first <= half <= last}
    return Load(
        len({visit for visit, _half in inside}),
        len({half for _visit, half in inside}) / 2,
    )
