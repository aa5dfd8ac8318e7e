"""A place that has ended, when a report is asked of it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cadres.models import District, Succession
from cadres.reports.todays_borders import borders_on
from visits.reports.asked import Asked
from visits.rules.report_kinds import Boundaries


@dataclass(frozen=True)
class EndedPlace:
    """`is_over`: no day of the question lies in its time; there is nothing to count."""

    last: date
    heirs: Sequence[Succession]
    is_over: bool


def ended_place(asked: Asked, place: District) -> EndedPlace | None:
    """None for a place that exists today."""
    if place.valid_to is None or place.valid_to >= asked.today:
        return None
    known = Succession.objects.filter(predecessor=place, on__lte=asked.today)
    heirs = known.select_related("successor").order_by("successor__code", "on")
    first = asked.action.first if asked.action else asked.period.first
    is_over = place.valid_to < first
    if asked.boundaries == Boundaries.NOW:
        # What was divided stands for itself by the borders of today, too.
        is_over = place.pk not in borders_on(asked.today).today.divided
    return EndedPlace(place.valid_to, list(heirs), is_over)
