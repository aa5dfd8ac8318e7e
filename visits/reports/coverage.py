"""Coverage (handbook 9.2): for each township, how long ago anyone was there."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import District
from cadres.rules.levels import Level
from visits.reports.asked import NOW, Asked, ByChild
from visits.reports.counting import Key, Number, Total
from visits.reports.last_visits import last_visits, unvisited_since
from visits.reports.todays_places import ByChildToday

LATE = "late"  # the tone of what is long unvisited
UNKNOWN = str(10**12)  # no place has this key
FRESH, RECENT = 30, 90  # days; only the colours of the tiles, the limit is a setting


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


def coverage(asked: Asked, rows: ByChild) -> list[Tile]:
    """One tile a township, by code."""
    found: Any = rows.townships(on=asked.as_of).order_by("code", "pk")
    townships = list(found.values_list("pk", "name", "parent__name", "key"))
    if isinstance(rows, ByChildToday):
        last = rows.last_visits(asked, township=True)
    else:
        last = last_visits(asked, "township", [it[0] for it in townships])
    since = unvisited_since(asked)
    words = _Words(
        reverse("cadres:place_detail", args=[UNKNOWN]),
        timezone.get_current_timezone(),
        _("%(name)s: never visited"),
        _("%(name)s: visited %(days)s days ago"),
    )
    return [
        _tile(words, asked.as_of, since, last.get(pk), pk, name, county, row)
        for pk, name, county, row in townships
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
    words: _Words,
    on: date,
    since: datetime,
    last: datetime | None,
    pk: int,
    name: str,
    county: str,
    row: int | None,
) -> Tile:
    url = words.address.replace(UNKNOWN, str(pk))
    if last is None:
        return Tile(url, name, county, None, LATE, words.never % {"name": name}, row)
    days = (on - last.astimezone(words.zone).date()).days
    tone = "far"
    if last < since:
        tone = LATE
    elif days <= RECENT:
        tone = "fresh" if days <= FRESH else "recent"
    text = words.ago % {"name": name, "days": days}
    return Tile(url, name, county, days, tone, text, row)
