"""Coverage (handbook 9.2): for each township, how long ago anyone was there."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.rules.levels import Level
from visits.reports.asked import Asked, ByChild
from visits.reports.last_visits import last_visits, unvisited_since
from visits.reports.todays_places import ByChildToday

FRESH, RECENT = 30, 90  # days; only the colours of the tiles, the limit is a setting


class Tile(NamedTuple):
    """A township and how long ago anyone was there; `days` is None for never."""

    url: str
    name: str
    county: str
    days: int | None
    tone: str
    text: str


@dataclass(frozen=True)
class _Words:
    """Of a tile, in the language of the page: looked up once for all of them."""

    never: str
    ago: str


def coverage(asked: Asked, rows: ByChild) -> list[Tile]:
    """One tile a township, by code, of a city or a county; a province has 1,300."""
    if not Level.PREFECTURE <= rows.place.level < Level.TOWNSHIP:
        return []
    townships = list(
        rows.townships(on=asked.as_of)
        .order_by("code", "pk")
        .values_list("pk", "name", "parent__name")
    )
    if isinstance(rows, ByChildToday):
        last = rows.last_visits(asked, township=True)
    else:
        last = last_visits(asked, "township", [pk for pk, _name, _county in townships])
    since = unvisited_since(asked)
    words = _Words(
        _("%(name)s: never visited"), _("%(name)s: visited %(days)s days ago")
    )
    return [
        _tile(pk, name, county, last.get(pk), asked, since, words)
        for pk, name, county in townships
    ]


def _tile(
    pk: int,
    name: str,
    county: str,
    last: datetime | None,
    asked: Asked,
    since: datetime,
    words: _Words,
) -> Tile:
    url = reverse("cadres:place_detail", args=[pk])
    if last is None:
        return Tile(url, name, county, None, "late", words.never % {"name": name})
    days = (asked.as_of - timezone.localdate(last)).days
    tone = "far"
    if last < since:
        tone = "late"
    elif days <= RECENT:
        tone = "fresh" if days <= FRESH else "recent"
    text = words.ago % {"name": name, "days": days}
    return Tile(url, name, county, days, tone, text)
