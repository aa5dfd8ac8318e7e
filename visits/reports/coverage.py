"""Coverage (handbook 9.2): for each township, how long ago anyone was there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cadres.models import District
from cadres.rules.levels import Level
from visits.reports.asked import Asked, ByChild
from visits.reports.facts import last_visit, unvisited_since

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
    townships = (
        rows.townships(on=asked.as_of)
        .annotate(last_at=last_visit(asked, "township"))
        .select_related("parent")
        .order_by("code", "pk")
    )
    since = unvisited_since(asked)
    return [_tile(township, asked, since) for township in townships]


def _tile(township: Any, asked: Asked, since: datetime) -> Tile:
    if township.last_at is None:
        return Tile(township, None, "late")
    days = (asked.as_of - timezone.localdate(township.last_at)).days
    if township.last_at < since:
        return Tile(township, days, "late")
    if days <= RECENT:
        return Tile(township, days, "fresh" if days <= FRESH else "recent")
    return Tile(township, days, "far")
