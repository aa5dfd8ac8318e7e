"""When anyone was last at places, as far as the reader may know; in SQL of its own.

A page asks this of some hundred places: to build the question with querysets, which
`Asked.held` stands for, took longer than to answer it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from cadres.rules.levels import Level
from visits.reports.asked import Asked
from visits.reports.seen import own_hidden
from visits.rules.periods import months_before
from visits.rules.visit_states import HELD


def _came(asked: Asked, column: str, place: str) -> tuple[str, list[Any]]:
    """The stops of `Asked.held` up to `Asked.until`, below the column `place`."""
    own = own_hidden(asked.reader)
    return (
        "FROM visits_stop s JOIN visits_visit v ON v.id = s.visit_id"
        f" WHERE s.{column}_id = {place} AND s.starts_at <= %s AND v.state = ANY(%s)"
        f" AND (v.hidden_until IS NULL OR v.hidden_until <= %s OR v.id IN ({own.sql}))"
    ), [asked.until, list(HELD), timezone.now(), *own.params]


def last_visits(
    asked: Asked, places: Mapping[Level, Sequence[int]]
) -> dict[int, datetime]:
    """By the places, given by their keys, at which anyone was."""
    parts: list[str] = []
    params: list[Any] = []
    for level, pks in places.items():
        came, needed = _came(asked, level.column, "place.id")
        parts.append(
            "SELECT place.id, last.starts_at FROM unnest(%s::bigint[]) place (id)"  # noqa: S608
            f" CROSS JOIN LATERAL (SELECT s.starts_at {came}"
            " ORDER BY s.starts_at DESC LIMIT 1) last"
        )
        params += [list(pks), *needed]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return dict(cursor.fetchall())


def unvisited_since(asked: Asked) -> datetime:
    """A place where nobody was since this moment counts as long unvisited."""
    day: date = months_before(asked.as_of, asked.unvisited_months)
    return timezone.make_aware(datetime.combine(day, time.min))


def is_unvisited(asked: Asked) -> RawSQL:
    """Whether nobody was at the townships of a query since then.

    Until today, that is kept (`LastVisit`), but where a visit was touched or hides.
    """
    place, since = '"cadres_district"."id"', unvisited_since(asked)
    came, params = _came(asked, "township", place)
    unvisited = f"NOT EXISTS (SELECT {came} AND s.starts_at >= %s)"
    params.append(since)
    if asked.as_of == asked.today:
        unvisited = (
            f"CASE WHEN {place} IN (SELECT township FROM visits_touchedvisit"  # noqa: S608
            " WHERE township IS NOT NULL"
            " UNION SELECT township FROM visits_lastvisit WHERE starts_at > %s"
            " UNION SELECT township_id FROM visits_stop WHERE visit_id = ANY(ARRAY("
            "SELECT visit_id FROM visits_touchedvisit"
            " UNION SELECT id FROM visits_visit"
            " WHERE hidden_until > %s AND state = ANY(%s))))"
            # OFFSET: asked for the few it is for, never made for all and looked up.
            f" THEN NOT EXISTS (SELECT {came} AND s.starts_at >= %s OFFSET 0)"
            f" ELSE {place} NOT IN (SELECT township FROM visits_lastvisit"
            " WHERE starts_at >= %s) END"
        )
        params = [asked.until, timezone.now(), list(HELD), *params, since]
    return RawSQL(unvisited, params, output_field=BooleanField())  # noqa: S611
