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
from visits.reports.seen import own_hidden
from visits.reports.shares import KEPT, PLACES, shares_seen, summed
from visits.rules.visit_states import HELD

# With more notes than these (some ten for each visit), counting is quicker than
# correcting: a bulk change, or a new version that counts for the first time. The next
# fold takes them away.
MOST_TOUCHED = 10_000
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
    if type(rows) is not ByChild or rows.is_of_several or not rows.is_above_county:
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
    kept = [it for it in figures if it in KEPT or it.source == DATE]
    found = None if asked.action else read(asked, rows, kept)
    if found is None:
        return count(asked, rows, figures), busiest_weeks(asked, rows)
    counts, busiest = found
    rest = [it for it in figures if it not in kept]
    counts.found |= count(asked, rows, rest).found
    return counts, busiest


def read(
    asked: Asked, rows: ByChild, figures: Sequence[Figure]
) -> tuple[Counts, dict[Key, Busiest]] | None:
    """The kept `figures`, `visits` among them; None if they must be counted.

    Mostly nothing here was touched and nobody hides: then what is kept is right.
    """
    cells = cells_of(rows)
    if cells is None:
        return None
    kept = tuple(it for it in figures if it in KEPT)
    is_corrected = _is_any_near(rows)
    head, *lines = _lines(asked, rows, cells, kept, is_corrected=is_corrected)
    _period, touched, _total, _week, near, *_numbers = head
    if touched > MOST_TOUCHED:
        return None
    if near and not is_corrected:  # since the first look
        _head, *lines = _lines(asked, rows, cells, kept, is_corrected=True)
    names = [*(it.name for it in kept), "dates"]
    counts = Counts(periods=len(asked.periods))
    busiest: dict[Key, Busiest] = {}
    for period, key, is_total, week, visits, *numbers in lines:
        at = Total if is_total else key
        if week:
            busiest[at] = Busiest(week, visits)
            continue
        for name, number in zip(names, numbers, strict=True):
            counts.found[period, at, name] = number
    return counts, busiest


def _is_any_near(rows: ByChild) -> bool:
    head, params = _chosen(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"{head} SELECT EXISTS (SELECT FROM near)", params)  # noqa: S608
        return bool(cursor.fetchone()[0])


def _lines(
    asked: Asked,
    rows: ByChild,
    cells: list[Cells],
    figures: tuple[Figure, ...],
    *,
    is_corrected: bool = False,
) -> list[Any]:
    """First how many visits were touched, and how many of them are near; then figures.

    All names in the statement come from the definitions, none from a request.
    """
    names = "".join(f", {it.name}" for it in figures)
    sums = "".join(f", sum({it.name}) AS {it.name}" for it in figures)
    whole = "".join(f", coalesce(sum({it.name}), 0)" for it in figures)
    none = ", 0" * (len(figures) + 1)
    spans = [(it.first, it.last) for it in asked.periods]
    days = " OR ".join(["day BETWEEN %s AND %s"] * len(spans))
    span_params = [day for span in spans for day in span]
    cases = "".join(
        f" WHEN day BETWEEN %s AND %s THEN {at}" for at in range(len(spans))
    )
    head, params = _chosen(rows)
    if is_corrected:
        more, needed = _moved(asked, figures)
        head, params = head + more, [*params, *needed]
    parts = []
    for it in cells:
        where = f"{it.where} AND ({days})"
        parts.append(
            f"SELECT {it.named}, day{names}, (present > 0)::int AS dates"  # noqa: S608
            f" FROM visits_daycount WHERE {where}"
        )
        params += [*it.params, *span_params]
        if is_corrected:
            parts.append(
                f"SELECT {it.named}, day{names}, dates FROM moved WHERE {where}"  # noqa: S608
            )
            params += [*it.params, *span_params]
    sql = (
        f"{head}, days AS ({' UNION ALL '.join(parts)}),"  # noqa: S608
        f" weeks AS MATERIALIZED (SELECT CASE{cases} END AS period, key, is_total,"
        f" date_trunc('week', day)::date AS week{sums}, sum(dates) AS dates"
        " FROM days GROUP BY 1, 2, 3, 4)"
        " SELECT -1 AS period, (SELECT count(*) FROM touched) AS key, 0 AS is_total,"
        f" NULL::date AS week, (SELECT count(*) FROM near) AS visits{none}"
        " UNION ALL SELECT period, key, is_total, NULL, 0"
        f"{whole}, coalesce(sum(dates), 0) FROM weeks GROUP BY period, key, is_total"
        " UNION ALL (SELECT DISTINCT ON (is_total, key) 0, key, is_total, week, visits"
        f"{none} FROM weeks WHERE period = 0 AND visits > 0"
        " ORDER BY is_total, key, visits DESC, week) ORDER BY period"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *span_params])
        return list(cursor.fetchall())


def _chosen(rows: ByChild) -> tuple[str, list[Any]]:
    """`near`: visits that may count otherwise now, and were or are counted here."""
    near, params = "SELECT id FROM chosen", []
    if not rows.place.is_country:
        column, pk = rows.place.subtree_column, rows.place.pk
        # As an array: what lies at the place is many, what was chosen few.
        these = "visit_id = ANY (ARRAY(SELECT id FROM chosen))"
        near = (
            f"SELECT visit_id AS id FROM visits_visitshare WHERE {these}"  # noqa: S608
            f" AND {column} = %s UNION"
            f" SELECT visit_id FROM visits_stop WHERE {these} AND {column}_id = %s"
        )
        params = [pk, pk]
    return (
        "WITH touched AS MATERIALIZED (SELECT visit_id AS id FROM visits_touchedvisit"  # noqa: S608
        f" LIMIT {MOST_TOUCHED + 1}), chosen AS MATERIALIZED (SELECT id FROM touched"
        " UNION SELECT id FROM visits_visit"
        " WHERE hidden_until > %s AND state = ANY(%s)),"
        f" near AS MATERIALIZED ({near})"
    ), [timezone.now(), list(HELD), *params]


def _moved(asked: Asked, figures: tuple[Figure, ...]) -> tuple[str, list[Any]]:
    """`moved`: what the cells of those visits gain or lose."""
    own = own_hidden(asked.reader)
    live, live_params = shares_seen(figures)
    names = "".join(f", {it.name}" for it in figures)
    columns = f"{', '.join(PLACES)}, visit_id, day, dates{names}"
    return (
        ", seen AS MATERIALIZED (SELECT id FROM visits_visit"  # noqa: S608
        " WHERE id = ANY(ARRAY(SELECT id FROM near))"
        f" AND (hidden_until IS NULL OR hidden_until <= %s OR id IN ({own.sql}))),"
        f" signed AS MATERIALIZED (SELECT -1 AS sign, {columns} FROM visits_visitshare"
        " WHERE visit_id = ANY(ARRAY(SELECT id FROM near))"
        f" UNION ALL SELECT 1, {columns} FROM ({live}) live),"
        " moved AS MATERIALIZED (SELECT more.*, CASE WHEN more.present <> 0 THEN"
        " (coalesce(there.present, 0) + more.present > 0)::int"
        " - (coalesce(there.present, 0) > 0)::int END AS dates"
        f" FROM ({summed(figures)}) more"
        f" LEFT JOIN visits_daycount there USING ({CELLS}))"
    ), [timezone.now(), *own.params, *live_params]
