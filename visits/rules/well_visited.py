"""When a place is chosen again and again, while others wait (handbook 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LEAST = 4  # visits in a year, below which no place is well-visited
TIMES = 2  # as many visits as the middle one of its neighbours
STUDIES = 2  # other investigations of the year that chose it, too


@dataclass(frozen=True)
class WellVisited:
    """What speaks against choosing a place: figures of the last year."""

    visits: int
    usual: float  # the middle one of the places beside it
    studies: int
    is_often_visited: bool
    is_often_chosen: bool


def well_visited(
    visits: int, beside: Sequence[int], *, studies: int
) -> WellVisited | None:
    """Whether to warn of a place with so many `visits` and other `studies`.

    `beside` are the visits of its sisters below the same place, those without any
    included; a place without sisters cannot be compared by its visits.
    """
    usual = median(beside) if beside else 0
    often = bool(beside) and visits >= LEAST and visits > TIMES * usual
    chosen = studies >= STUDIES or (often and studies > 0)
    if not often and not chosen:
        return None
    return WellVisited(visits, usual, studies, often, chosen)
