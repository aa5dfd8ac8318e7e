"""Where a place of the past belongs today (domain handbook 2.3, trap 9).

Only a place that has ended is followed to what came of it: one that goes on and lost
land is itself still. What became of a place that was divided nobody can tell of a
record there: it stays below what all the parts have in common, as a row of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# One key per level, from province to village; None where there is no such place.
Chain = tuple[int | None, ...]


@dataclass(frozen=True)
class Heir:
    """What a place became, and on which day."""

    place: int
    on: date


@dataclass(frozen=True)
class PlaceThen:
    """A place as its row has it; `heirs` only if it has ended."""

    level: int
    parent: int | None
    chain: Chain
    ended_on: date | None = None
    heirs: Sequence[Heir] = ()


@dataclass(frozen=True)
class Today:
    """The chain of each changed place, the place it is today last.

    A `divided` place stands last in its own chain: it is a row of its own.
    """

    chains: Mapping[int, Chain]
    divided: frozenset[int]


def todays_places(
    changed: Mapping[int, PlaceThen], others: Mapping[int, Chain]
) -> Today:
    """Follow what `changed`: places with heirs, and all that hangs on them.

    `others` has the chains of heirs that have not changed themselves.
    """
    following = _Following(changed, others)
    chains = {pk: following.chain(pk) for pk in changed}
    return Today(chains, frozenset(following.divided))


class _Following:
    def __init__(
        self, changed: Mapping[int, PlaceThen], others: Mapping[int, Chain]
    ) -> None:
        self.changed = changed
        self.known = dict(others)
        self.divided: set[int] = set()
        self._open: set[int] = set()

    def chain(self, pk: int) -> Chain:
        if pk not in self.known:
            # A list that says A became B and B became A leads nowhere: as it was.
            if pk in self._open:
                return self.changed[pk].chain
            self._open.add(pk)
            self.known[pk] = self._follow(pk, self.changed[pk])
            self._open.remove(pk)
        return self.known[pk]

    def _follow(self, pk: int, place: PlaceThen) -> Chain:
        parts = {self.chain(heir) for heir in last_heirs(place)}
        if len(parts) == 1:
            return parts.pop()
        shared = shared_chain(parts)
        if any(shared):
            self.divided.add(pk)
            return put_below(shared, pk, place.level)
        if place.parent is not None and place.parent in self.changed:
            above = self.chain(place.parent)[: place.level - 1]
            return put_below(above, pk, place.level)
        return place.chain


def last_heirs(place: PlaceThen) -> list[int]:
    """What it became when it ended; not who had some of its land before that."""
    ended_on = place.ended_on or date.min
    at_the_end = [heir.place for heir in place.heirs if heir.on >= ended_on]
    return at_the_end or [heir.place for heir in place.heirs]


def shared_chain(chains: Iterable[Chain]) -> Chain:
    """The places above that all of them have, from the top."""
    shared: list[int | None] = []
    for keys in zip(*chains, strict=True):
        if len(set(keys)) > 1:
            break
        shared.append(keys[0])
    while shared and shared[-1] is None:
        shared.pop()
    return tuple(shared)


def put_below(above: Chain, pk: int, level: int) -> Chain:
    """A chain that ends with `pk`: at its own level, or at the next that is free."""
    at = max(level - 1, len(above))
    chain = [*above, *[None] * (at - len(above)), pk]
    return tuple([*chain, *[None] * (5 - len(chain))][:5])
