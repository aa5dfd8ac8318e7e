"""How much the demo's people do; `generate` lets them do more of the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Two factors; `letters` is that of letters which are over, few are ever open."""

    days_back: int = 275
    visits: float = 1
    letters: float = 1
    more_matters: int = 0  # of each stop on the spot


DEMO = Size()
