"""How petitioners rated an office or a unit: totals of five or more (handbook 7.8)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from cadres.models import Unit
from visits.models import Rating

LEAST = 5  # ratings; below, a grade might tell whose it is


@dataclass(frozen=True)
class RatingTotals:
    """How many gave each grade; all None below `LEAST`."""

    satisfied: int | None
    partly: int | None
    dissatisfied: int | None


def rating_totals(unit: Unit, *, first: date, last: date) -> RatingTotals:
    """Ratings of `unit`, as petition office and as handling unit, given in a period.

    Both days included. Pages offer closed months, quarters and years alone: totals of
    two periods that differ by a day would tell of a single rating.
    """
    given = Rating.objects.filter(on__range=(first, last), letter__is_sealed=False)

    def counts(grade: str, of: str) -> list[int]:
        rows = given.filter(**{f"letter__{of}": unit}).aggregate(
            **{
                str(it.value): Count("pk", filter=Q(**{grade: it.value}))
                for it in Rating.Grade
            }
        )
        return [rows[str(it.value)] for it in Rating.Grade]

    as_office, as_unit = counts("office_grade", "office"), counts("unit_grade", "unit")
    totals = [one + other for one, other in zip(as_office, as_unit, strict=True)]
    if sum(totals) < LEAST:
        return RatingTotals(None, None, None)
    return RatingTotals(*totals)
