"""Which struck-off matters are called back about, and by whom: drawn, not chosen."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random


def draw(
    candidates: Iterable[int],
    *,
    size: int,
    seed: int,
    callers_of: Callable[[int], Sequence[int]],
) -> dict[int, int]:
    """Return matter → caller; the same seed draws the same again.

    `callers_of` gives those without a hand in a matter; a matter without one is passed
    over. Of them it is who has least to call so far, and chance among equals.
    """
    chance = Random(seed)  # noqa: S311 – it has to be repeatable, not secret
    order = sorted(candidates)
    chance.shuffle(order)
    load: Counter[int] = Counter()
    drawn: dict[int, int] = {}
    for matter in order:
        if len(drawn) == size:
            break
        callers = sorted(callers_of(matter))
        if callers:
            least = min(load[it] for it in callers)
            caller = chance.choice([it for it in callers if load[it] == least])
            load[caller] += 1
            drawn[matter] = caller
    return drawn
