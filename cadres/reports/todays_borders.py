"""The places that have changed, and where each belongs today: few, read at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from cadres.models import District, Succession
from cadres.rules.levels import ANCESTORS
from cadres.rules.todays_place import Chain, Heir, PlaceThen, Today, todays_places

COLUMNS = ("id", "level", "parent_id", "valid_to", *(f"{it}_id" for it in ANCESTORS))
# Places that have ended and became another one, and all that hangs on them.
CHANGED = f"""
    WITH RECURSIVE changed AS (
        SELECT {", ".join(COLUMNS)} FROM cadres_district
        WHERE id IN (SELECT predecessor_id FROM cadres_succession) AND valid_to < %s
        UNION
        SELECT {", ".join(f"below.{it}" for it in COLUMNS)}
        FROM cadres_district below JOIN changed ON below.parent_id = changed.id
    )
    SELECT * FROM changed
"""  # noqa: S608


@dataclass(frozen=True)
class Borders:
    """`stored` is what the rows of the changed places say, `today` what is true now."""

    stored: dict[int, Chain]
    today: Today

    def became(self, place: int) -> list[int]:
        """The places of the past that are wholly this one today."""
        return [
            pk
            for pk, chain in self.today.chains.items()
            if pk != place and [key for key in chain if key][-1:] == [place]
        ]


def borders_on(day: date) -> Borders:
    """In three statements at most, however many places have changed."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [day])
        rows = cursor.fetchall()
    if not rows:
        return Borders({}, Today({}, frozenset()))
    heirs: dict[int, list[Heir]] = {}
    ended = [pk for pk, _level, _parent, ended_on, *_chain in rows if ended_on]
    known = Succession.objects.filter(predecessor__in=ended, on__lte=day)
    for it in known.order_by("pk"):
        heirs.setdefault(it.predecessor_id, []).append(Heir(it.successor_id, it.on))
    changed = {
        pk: _then(level, parent, ended_on, tuple(chain), heirs.get(pk, []), day)
        for pk, level, parent, ended_on, *chain in rows
    }
    wanted = {heir.place for place in changed.values() for heir in place.heirs}
    others: dict[int, Any] = {
        pk: tuple(chain)
        for pk, *chain in District.objects.filter(
            pk__in=wanted - changed.keys()
        ).values_list("pk", *(f"{column}_id" for column in ANCESTORS))
    }
    stored = {pk: place.chain for pk, place in changed.items()}
    return Borders(stored, todays_places(changed, others))


def _then(
    level: int,
    parent: int | None,
    ended_on: date | None,
    chain: Chain,
    heirs: list[Heir],
    day: date,
) -> PlaceThen:
    """One that ends only later has no heirs yet."""
    has_ended = ended_on is not None and ended_on < day
    return PlaceThen(level, parent, chain, ended_on, heirs if has_ended else [])
