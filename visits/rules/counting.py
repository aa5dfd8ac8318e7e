"""Counting words (handbook 4.5): which county-level place a stop counts for."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """The ancestors of a stop's place; ids, None where there is none."""

    province: int | None
    prefecture: int | None
    county: int | None


def points(spots: Iterable[Spot]) -> list[int]:
    """For each stop of one visit, the place it counts for in place-visits (点次).

    That is its county-level place. A stop that names no county counts for its
    prefecture (or province) until the same visit names a county there; then it counts
    for that county and adds nothing.
    """
    spots = list(spots)
    named = [spot for spot in spots if spot.county]
    found = []
    for spot in spots:
        within = [
            other.county
            for other in named
            if (spot.prefecture and other.prefecture == spot.prefecture)
            or (not spot.prefecture and other.province == spot.province)
        ]
        place = spot.county or (within[0] if within else None)
        found.append(place or spot.prefecture or spot.province or 0)
    return found
