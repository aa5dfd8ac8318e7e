"""Where it is most needed: places that nobody visited for longest, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
)
from django.utils import timezone

from cadres.models import Account, Cadre, ContactPoint, District
from cadres.models.statement import ConditionSlot, Slot, Statement
from cadres.rules.levels import Level
from visits.models import Stop
from visits.reports.seen import is_counted, is_seen
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import HELD, TO_COME

SHOWN = 5
LOOKED_AT = 25  # places, before all of them are
PLACE = ("id", "level", "path")  # what is shown of a place
# Looking from a place of this level, which places are listed.
BELOW = {
    Level.PROVINCE: Level.COUNTY,
    Level.PREFECTURE: Level.TOWNSHIP,
    Level.COUNTY: Level.TOWNSHIP,
    Level.TOWNSHIP: Level.VILLAGE,
}


@dataclass
class Need:
    place: District
    # Days since the last visit ended; None if there is none on record.
    days: int | None
    contacts: list[str]


def area_of(reader: Account) -> District | None:
    """The reader's own area: where their role holds, else where their office is."""
    return next(iter(areas_of(reader)), None)


def areas_of(reader: Account) -> list[District]:
    """All areas in which a role of the reader holds; else that of their office."""
    scopes = reader.scopes("visits.view_visit")
    places = {scope.place.pk: scope.place for scope in scopes if scope.place}
    if places:
        return list(places.values())
    units = [scope.unit_id for scope in scopes if scope.unit_id]
    unit = reader.unit_id or next(iter(units), None)
    return list(District.objects.filter(units=unit)[:1]) if unit else []


def needs(reader: Account, area: District, *, now: datetime) -> list[Need]:
    """The places of `area` without a visit for longest; never visited ones first.

    Ages rest on held visits that may count for `reader` (no hidden one does); places
    to which `reader` sees somebody going soon are left out.
    """
    level = BELOW.get(Level(area.level))
    if level is None:
        return []
    today = timezone.localtime(now).date()
    filled = {
        "area": area.pk,
        "today": today,
        "now": now,
        "soon_after": now - LONGEST_STOP,
        "counted": is_counted(reader),
        "seen": is_seen(reader),
    }
    rows = []
    for most in (LOOKED_AT, None):
        found = _longest_unvisited(area.subtree_column, level, most).rows(**filled)
        rows = [row for *row, is_soon in found if not is_soon][:SHOWN]
        if len(rows) == SHOWN or len(found) < LOOKED_AT:
            break
    contacts = contacts_below(reader, [row[0] for row in rows], level, on=today)
    return [
        Need(
            District.from_db(None, PLACE, row),
            _age(last_at, today),
            contacts.get(row[0], []),
        )
        for *row, last_at in rows
    ]


@cache
def _longest_unvisited(column: str, level: Level, most: int | None) -> Statement:
    """The places of that level below one that stands in `column`: PLACE, last visit,
    and whether somebody goes there soon, which is asked of those alone that are read.
    """
    here = Stop.objects.filter(**{level.column: OuterRef("pk")})
    # By beginning, as the index of stops is: its first row that counts is the answer.
    last = here.filter(ConditionSlot("counted", "visit__state"), visit__state__in=HELD)
    soon = here.filter(
        ConditionSlot("seen", "visit__state"),
        visit__state__in=TO_COME,
        starts_at__gt=Slot("soon_after", DateTimeField()),
        ends_at__gt=Slot("now", DateTimeField()),
    )
    today: Any = Slot("today", DateField())
    below = {column: Slot("area", BigIntegerField()), "level": level}
    places = (
        District.objects.filter(**below)
        .real()
        .valid(on=today)
        .annotate(
            last_at=Subquery(last.order_by("-starts_at").values("ends_at")[:1]),
            is_soon=Exists(soon),
        )
        .order_by(F("last_at").asc(nulls_first=True), "code", "pk")
    )
    return Statement.of(places.values_list(*PLACE, "last_at", "is_soon")[:most])


def _age(last_at: datetime | None, today: date) -> int | None:
    return (today - timezone.localtime(last_at).date()).days if last_at else None


def contacts_below(
    reader: Account, places: list[int], level: Level, *, on: date
) -> dict[int, list[str]]:
    """Officials that the reader may see and that have a contact point there."""
    column = f"place__{level.column}"
    rows = (
        ContactPoint.objects.filter(
            Q(last__isnull=True) | Q(last__gte=on),
            **{f"{column}__in": places},
            first__lte=on,
            cadre__in=Cadre.objects.visible_to(reader),
        )
        .order_by("cadre")
        .values_list(f"{column}_id", "cadre__name")
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for place, name in rows:
        found.setdefault(place, []).append(name)
    return found
