"""How a series plans one of its dates, and which visits have left its pattern."""

from collections.abc import Sequence
from datetime import date

from visits.models import Series, SeriesDate, Visit
from visits.rules.plan import Member, StopPlan


def stop_on(series: Series, day: date) -> StopPlan:
    """What the series plans on `day`."""
    starts_at, ends_at = series.span_on(day)
    return StopPlan(series.place, starts_at, ends_at, series.activities, series.venue)


def team_of_series(series: Series) -> list[Member]:
    rows = series.team.select_related("official__unit__place").order_by("pk")
    return [Member(row.official, row.part) for row in rows]


def mark_changed(
    visit: Visit, series: Series, team: Sequence[Member], stops: Sequence[StopPlan]
) -> None:
    """Keep whether a visit still is as its series plans it; it stays linked to it."""
    known = SeriesDate.objects.get(visit=visit)
    as_planned = (
        visit.purpose == series.purpose
        and visit.mode == series.mode
        and list(stops) == [stop_on(series, known.on)]
        and {(it.official.pk, it.part) for it in team}
        == set(series.team.values_list("official", "part"))
    )
    SeriesDate.objects.filter(pk=known.pk).update(is_changed=not as_planned)
