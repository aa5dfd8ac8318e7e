"""Read the figures that are kept per day, exactly as they would be counted now.

What is kept is corrected in the same statement, so from one state of the database: for
visits that were touched since, and for those that are still hidden, what they added is
taken away, and what the reader may count of them now is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from cadres.rules.levels import Level
from visits.models import TouchedVisit
from visits.reports.asked import Asked, ByChild, Rows
from visits.reports.counting import (
    Busiest,
    Counts,
    Key,
    Total,
    busiest_weeks,
    count,
)
from visits.reports.facts import DATE
from visits.reports.figures import Figure
from visits.reports.last_visits import own_hidden
from visits.reports.shares import KEPT, PLACES, shares_seen, summed

# With more than these, counting is quicker than correcting: a bulk change, or a new
# version that counts for the first time. The next fold takes them away.
MOST_TOUCHED = 3000
CELLS = f"level, {', '.join(PLACES)}, day"


@dataclass(frozen=True)
class Cells:
    """Rows of `DayCount`, and the key of the report's row they belong to."""

    where: str
    params: Sequence[Any]
    key: str = ""

    @property
    def named(self) -> str:
        return f"{self.key or 'NULL::bigint'} AS key, {int(not self.key)} AS is_total"


def cells_of(rows: Rows) -> list[Cells] | None:
    """None if the rows are no others than those that are kept."""
    if type(rows) is not ByChild or not rows.is_above_county:
        return None
    place = rows.place
    if place.is_country:
        return [Cells("level = 0", []), Cells("level = 1", [], "province")]
    if place.level == Level.PREFECTURE:
        provinces = (
            "province = ANY(ARRAY(SELECT id FROM cadres_district WHERE level = 1))"
        )
        return [
            Cells(f"level = 2 AND prefecture = %s AND {provinces}", [place.pk]),
            Cells("level = 3 AND prefecture = %s", [place.pk], "nullif(county, 0)"),
        ]
    # What names no prefecture, or a dummy one, is a row of its county.
    passed = [0, *rows.skipped]
    here = "province = %s AND prefecture"
    return [
        Cells("level = 1 AND province = %s", [place.pk]),
        Cells(f"level = 2 AND {here} <> ALL(%s)", [place.pk, passed], "prefecture"),
        Cells(
            f"level = 3 AND {here} = ANY(%s)", [place.pk, passed], "nullif(county, 0)"
        ),
    ]


def count_days(
    asked: Asked, rows: ByChild, figures: Sequence[Figure]
) -> tuple[Counts, dict[Key, Busiest]]:
    """All `figures`, `visits` among them, and the busiest weeks.

    Of an action, or by today's borders, nothing is kept.
    """
    if asked.action or cells_of(rows) is None or _are_many_touched():
        return count(asked, rows, figures), busiest_weeks(asked, rows)
    kept = [it for it in figures if it in KEPT or it.source == DATE]
    counts, busiest = read(asked, rows, kept)
    rest = [it for it in figures if it not in kept]
    counts.found |= count(asked, rows, rest).found
    return counts, busiest


def _are_many_touched() -> bool:
    return TouchedVisit.objects.all()[: MOST_TOUCHED + 1].count() > MOST_TOUCHED


def read(
    asked: Asked, rows: ByChild, figures: Sequence[Figure]
) -> tuple[Counts, dict[Key, Busiest]]:
    """Those of `figures` that are kept, `visits` among them; and the busiest weeks."""
    kept = tuple(it for it in figures if it in KEPT)
    sql, params = _statement(asked, rows, kept)
    names = [*(it.name for it in kept), "dates"]
    found: dict[tuple[int, Key, str], Any] = {}
    busiest: dict[Key, Busiest] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for period, key, is_total, week, visits, *numbers in cursor.fetchall():
            at = Total if is_total else key
            if week:
                busiest[at] = Busiest(week, visits)
                continue
            for name, number in zip(names, numbers, strict=True):
                found[period, at, name] = number
    return Counts(found, periods=len(asked.periods)), busiest


def _statement(
    asked: Asked, rows: ByChild, figures: tuple[Figure, ...]
) -> tuple[str, list[Any]]:
    """All names in the statement come from the definitions, none from a request."""
    now = timezone.now()
    cells = cells_of(rows)
    assert cells is not None
    names = "".join(f", {it.name}" for it in figures)
    sums = "".join(f", sum({it.name}) AS {it.name}" for it in figures)
    whole = "".join(f", coalesce(sum({it.name}), 0)" for it in figures)
    near, near_params = _near(rows)
    own, own_params = own_hidden(asked)
    live, live_params = shares_seen(figures)
    spans = [(it.first, it.last) for it in asked.periods]
    days = " OR ".join(["day BETWEEN %s AND %s"] * len(spans))
    span_params = [day for span in spans for day in span]
    cases = "".join(
        f" WHEN day BETWEEN %s AND %s THEN {at}" for at in range(len(spans))
    )
    columns = f"{', '.join(PLACES)}, visit_id, day, dates{names}"
    parts, part_params = [], []
    for it in cells:
        where = f"{it.where} AND ({days})"
        parts.append(
            f"SELECT {it.named}, day{names}, (present > 0)::int AS dates"  # noqa: S608
            f" FROM visits_daycount WHERE {where}"
        )
        parts.append(
            f"SELECT {it.named}, day{names}, dates FROM moved WHERE {where}"  # noqa: S608
        )
        part_params += [*it.params, *span_params] * 2
    sql = (
        "WITH chosen AS MATERIALIZED (SELECT visit_id AS id FROM visits_touchedvisit"  # noqa: S608
        " UNION SELECT id FROM visits_visit WHERE hidden_until > %s),"
        f" near AS MATERIALIZED ({near}),"
        " seen AS MATERIALIZED (SELECT id FROM visits_visit"
        " WHERE id = ANY(ARRAY(SELECT id FROM near))"
        f" AND (hidden_until IS NULL OR hidden_until <= %s OR id IN ({own}))),"
        f" signed AS MATERIALIZED (SELECT -1 AS sign, {columns} FROM visits_visitshare"
        " WHERE visit_id = ANY(ARRAY(SELECT id FROM near))"
        f" UNION ALL SELECT 1, {columns} FROM ({live}) live),"
        f" moved AS MATERIALIZED (SELECT more.*, CASE WHEN more.present <> 0 THEN"
        " (coalesce(there.present, 0) + more.present > 0)::int"
        " - (coalesce(there.present, 0) > 0)::int END AS dates"
        f" FROM ({summed(figures)}) more"
        f" LEFT JOIN visits_daycount there USING ({CELLS})),"
        f" days AS ({' UNION ALL '.join(parts)}),"
        f" weeks AS MATERIALIZED (SELECT CASE{cases} END AS period, key, is_total,"
        f" date_trunc('week', day)::date AS week{sums}, sum(dates) AS dates"
        " FROM days GROUP BY 1, 2, 3, 4)"
        " SELECT period, key, is_total, NULL::date, 0"
        f"{whole}, coalesce(sum(dates), 0) FROM weeks GROUP BY 1, 2, 3"
        " UNION ALL (SELECT DISTINCT ON (is_total, key) 0, key, is_total, week, visits"
        f"{', 0' * len(figures)}, 0 FROM weeks WHERE period = 0 AND visits > 0"
        " ORDER BY is_total, key, visits DESC, week)"
    )
    params = [now, *near_params, now, *own_params, *live_params]
    return sql, [*params, *part_params, *span_params]


def _near(rows: ByChild) -> tuple[str, list[int]]:
    """Of the chosen visits, those that were counted here, or are here now."""
    if rows.place.is_country:
        return "SELECT id FROM chosen", []
    column, pk = rows.place.subtree_column, rows.place.pk
    return (
        "SELECT id FROM chosen WHERE EXISTS (SELECT FROM visits_visitshare"  # noqa: S608
        f" WHERE visit_id = id AND {column} = %s)"
        " OR EXISTS (SELECT FROM visits_stop s"
        f" WHERE s.visit_id = chosen.id AND s.{column}_id = %s)"
    ), [pk, pk]
