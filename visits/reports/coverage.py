"""Coverage (handbook 9.2): for each township, how long ago anyone was there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cadres.models import District
from cadres.rules.levels import Level
from visits.reports.asked import Asked, ByChild
from visits.reports.facts import last_visit, unvisited_since
from visits.reports.todays_places import ByChildToday

FRESH, RECENT = 30, 90  # days; only the colours of the tiles, the limit is a setting


@dataclass(frozen=True)
class Tile:
    """A township and how long ago anyone was there; `days` is None for never."""

    place: District
    days: int | None
    tone: str


def coverage(asked: Asked, rows: ByChild) -> list[Tile]:
    """One tile a township, by code, of a city or a county; a province has 1,300."""
    if not Level.PREFECTURE <= rows.place.level < Level.TOWNSHIP:
        return []
    townships: Any = (
        rows.townships(on=asked.as_of).select_related("parent").order_by("code", "pk")
    )
    if isinstance(rows, ByChildToday):
        last = rows.last_visits(asked, township=True)
    else:
        townships = townships.annotate(last_at=last_visit(asked, "township"))
        last = {it.pk: it.last_at for it in townships}
    since = unvisited_since(asked)
    return [_tile(it, last.get(it.pk), asked, since) for it in townships]


def _tile(
    township: District, last: datetime | None, asked: Asked, since: datetime
) -> Tile:
    if last is None:
        return Tile(township, None, "late")
    days = (asked.as_of - timezone.localdate(last)).days
    if last < since:
        return Tile(township, days, "late")
    if days <= RECENT:
        return Tile(township, days, "fresh" if days <= FRESH else "recent")
    return Tile(township, days, "far")
