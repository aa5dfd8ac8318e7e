"""Coverage (handbook 9.2): for each township, how long ago anyone was there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.addresses import NO_KEY, address_of_key
from cadres.models import District
from cadres.rules.levels import Level
from visits.reports.asked import NOW, Asked, ByChild
from visits.reports.counting import Key, Number, Total
from visits.reports.last_visits import unvisited_since

LATE = "late"  # the tone of what is long unvisited
FRESH, RECENT = 30, 90  # days; only the colours of the tiles, the limit is a setting


class Township(NamedTuple):
    pk: int
    name: str
    county: str
    row: int | None  # of the report


class Tile(NamedTuple):
    """A township and how long ago anyone was there; `days` is None for never."""

    url: str
    name: str
    county: str
    days: int | None
    tone: str
    text: str
    row: int | None  # of the report


@dataclass(frozen=True)
class _Words:
    """Of a tile, in the language of the page, and its address: made once for all."""

    address: str
    zone: tzinfo
    never: str
    ago: str


def has_tiles(place: District) -> bool:
    """Whether it is a city or a county; a province has 1,300 townships."""
    return Level.PREFECTURE <= place.level < Level.TOWNSHIP


def townships_of(asked: Asked, rows: ByChild) -> list[Township]:
    """By code, each with the row of the report that it belongs to."""
    found: Any = rows.townships(on=asked.as_of).order_by("code", "pk")
    lines = found.values_list("pk", "name", "parent__name", "key")
    return [Township(*line) for line in lines]


def coverage(
    asked: Asked, townships: list[Township], last_at: Mapping[int, datetime]
) -> list[Tile]:
    """One tile a township; `last_at` says by their keys when anyone was there last."""
    since = unvisited_since(asked)
    words = _Words(
        address_of_key("cadres:place_detail", NO_KEY),
        timezone.get_current_timezone(),
        _("%(name)s: never visited"),
        _("%(name)s: visited %(days)s days ago"),
    )
    return [
        _tile(words, asked.as_of, since, last_at.get(it.pk), it) for it in townships
    ]


def covered(tiles: list[Tile]) -> dict[tuple[int, Key, str], Number]:
    """The figures `COVERAGE` of the rows and in all, told by the tiles."""
    found: Counter[tuple[int, Key, str]] = Counter()
    for it in tiles:
        for key in (it.row, Total):
            found[NOW, key, "townships_all"] += 1
            found[NOW, key, "townships_unvisited"] += it.tone == LATE
    return dict(found)


def _tile(
    words: _Words, on: date, since: datetime, last: datetime | None, it: Township
) -> Tile:
    days, tone = None, LATE
    text = words.never % {"name": it.name}
    if last is not None:
        days = (on - last.astimezone(words.zone).date()).days
        text = words.ago % {"name": it.name, "days": days}
        if last >= since:
            tone = "far"
            if days <= RECENT:
                tone = "fresh" if days <= FRESH else "recent"
    url = words.address.replace(str(NO_KEY), str(it.pk))
    return Tile(url, it.name, it.county, days, tone, text, it.row)
