"""How petitioners rated offices and units: totals of five or more (handbook 7.8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from cadres.models import Account, Unit
from cadres.models.unit import UnitQuerySet
from visits.models import Rating
from visits.rules.periods import Period, PeriodKind, period_of

LEAST = 5  # ratings; below, a grade might tell whose it is
SHOWN = 8  # quarters


@dataclass(frozen=True)
class RatingTotals:
    """How many gave `unit` each grade, for its part as office or as handling unit."""

    unit: Unit
    is_office: bool
    satisfied: int
    partly: int
    dissatisfied: int

    @property
    def given(self) -> int:
        return self.satisfied + self.partly + self.dissatisfied


def closed_quarters(*, on: date) -> list[Period]:
    """The newest first. Quarters alone: two periods that overlap, or a quarter that
    still runs, would tell of a single rating by their difference."""
    found: list[Period] = []
    period = period_of(PeriodKind.QUARTER, on).previous
    while period and len(found) < SHOWN:
        found.append(period)
        period = period.previous
    return found


def rating_totals(user: Account, period: Period) -> list[RatingTotals]:
    """Of the offices in reach and the units they send letters to.

    Always of all that a unit was given, whoever asks: totals of two readers that
    differ would tell of a single rating as well.
    """
    offices = Unit.objects.in_scopes(user, "visits.view_ratings")
    sent_to = Rating.objects.filter(letter__office__in=offices.values("pk"))
    reach = Q(pk__in=offices.values("pk")) | Q(pk__in=sent_to.values("letter__unit"))
    units = Unit.objects.filter(reach)
    return [*_totals(units, period, "office"), *_totals(units, period, "unit")]


def _totals(units: UnitQuerySet, period: Period, part: str) -> Iterator[RatingTotals]:
    grades = {
        name: Count("pk", filter=Q(**{f"{part}_grade": grade}))
        for name, grade in (
            ("satisfied", Rating.Grade.SATISFIED),
            ("partly", Rating.Grade.PARTLY),
            ("dissatisfied", Rating.Grade.DISSATISFIED),
        )
    }
    rows = (
        Rating.objects.filter(
            on__range=(period.first, period.last),
            letter__is_sealed=False,
            **{f"letter__{part}__in": units.values("pk")},
        )
        .exclude(**{f"{part}_grade": None})
        .values(of=F(f"letter__{part}"))
        .annotate(given=Count("pk"), **grades)
        .filter(given__gte=LEAST)
        .order_by("-given", "of")
    )
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    known = Unit.objects.in_bulk([row["of"] for row in found])
    for row in found:
        counts = {name: row[name] for name in grades}
        yield RatingTotals(known[row["of"]], part == "office", **counts)
