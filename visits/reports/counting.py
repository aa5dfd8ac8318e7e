"""Count figures in PostgreSQL: per row of a report, and distinct over all of them.

Every source is asked once, for the period and those it is compared with. Its facts are
first folded into the different things they speak of, then these are counted; the total
folds anew over all rows, so a visit to two counties is one visit in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from visits.reports.asked import NOW, Asked, Rows
from visits.reports.facts import VISIT, Source
from visits.reports.figures import Figure
from visits.reports.written import facts_of


class Total:
    """The key of the total, which is not one of the rows' keys."""


Key = int | type[Total] | None
Number = Decimal | int
DAY_OF_HALF = "DATE '0001-01-01' + (half / 2 - 1)"


@dataclass
class Counts:
    """What was counted, by period, key and figure; whatever was not found is 0."""

    found: dict[tuple[int, Key, str], Number] = field(default_factory=dict)
    # How many, the one asked for among them: see `Asked.periods`.
    periods: int = 1

    def of(self, figure: Figure | str, key: Key = Total, period: int = NOW) -> Number:
        name = figure if isinstance(figure, str) else figure.name
        return self.found.get((period, key, name), 0)

    def keys(self) -> set[int]:
        """Of the rows in which something was counted in the period."""
        return {
            key
            for (period, key, _name), number in self.found.items()
            if isinstance(key, int) and period == NOW and number
        }


def dated_facts(source: Source, asked: Asked, rows: Rows) -> tuple[str, list[Any]]:
    """Return the head of a statement: `dated`, the facts with their period.

    Raises:
        EmptyResultSet: nothing can match.
    """
    sql, params = facts_of(source, asked, rows)
    day = f"{DAY_OF_HALF} AS day, " if source.by_half else ""
    period, spans = "0", []
    if source.is_dated and asked.periods:
        cases = "".join(
            f" WHEN day BETWEEN %s AND %s THEN {index}"
            for index, _period in enumerate(asked.periods)
        )
        period = f"CASE{cases} END"
        spans = [day for it in asked.periods for day in (it.first, it.last)]
    head = (
        f"WITH facts AS ({sql}), days AS (SELECT {day}facts.* FROM facts), "  # noqa: S608
        f"dated AS (SELECT days.*, {period} AS period, "
        "date_trunc('week', day)::date AS week FROM days)"
    )
    return head, [*params, *spans]


def count(asked: Asked, rows: Rows, figures: Iterable[Figure]) -> Counts:
    """Count all `figures` in one statement."""
    by_source: dict[Source, list[Figure]] = {}
    for figure in figures:
        by_source.setdefault(figure.source, []).append(figure)
    parts: list[str] = []
    params: list[Any] = []
    for source, wanted in by_source.items():
        try:
            head, needed = dated_facts(source, asked, rows)
        except EmptyResultSet:
            continue
        parts.append(f"({head}{_counted(source, wanted)})")
        params += needed
    if not parts:
        return Counts(periods=len(asked.periods))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return Counts(
            {
                (period, Total if is_total else key, name): number
                for period, key, is_total, name, number in cursor.fetchall()
            },
            periods=len(asked.periods),
        )


def _counted(source: Source, figures: list[Figure]) -> str:
    """All names in the statement come from the definitions, none from a request."""
    counted = ", ".join(f"{number_of(figure)} AS {figure.name}" for figure in figures)
    named = ", ".join(f"('{figure.name}', {figure.name})" for figure in figures)
    told = (
        " SELECT period, key, is_total, figure, number FROM counted"  # noqa: S608
        f" CROSS JOIN LATERAL (VALUES {named}) AS named (figure, number)"
    )
    if source.is_one_line:
        return (
            f", counted AS (SELECT period, key, GROUPING(key) AS is_total, {counted}"  # noqa: S608
            " FROM dated WHERE period IS NOT NULL"
            f" GROUP BY GROUPING SETS ((period, key), (period))){told}"
        )
    things = ", ".join(source.identity)
    folded = "".join(
        [f", bool_or({name}) AS {name}" for name in {f.where for f in figures} - {""}]
        + [f", max({name}) AS {name}" for name in {f.amount for f in figures} - {""}]
    )
    return (
        f", things AS (SELECT period, key, GROUPING(key) AS is_total{folded}"  # noqa: S608
        " FROM dated WHERE period IS NOT NULL GROUP BY GROUPING SETS"
        f" ((period, key, {things}), (period, {things}))),"
        f" counted AS (SELECT period, key, is_total, {counted}"
        f" FROM things GROUP BY period, key, is_total){told}"
    )


def number_of(figure: Figure) -> str:
    measure = f"sum({figure.amount})" if figure.amount else "count(*)"
    where = f" FILTER (WHERE {figure.where})" if figure.where else ""
    return f"coalesce({measure}{where}, 0)::numeric"


@dataclass(frozen=True)
class Busiest:
    """The week (from Monday) in which most visits of the period began; or the first."""

    monday: date
    visits: int


def busiest_weeks(asked: Asked, rows: Rows) -> dict[Key, Busiest]:
    try:
        head, params = dated_facts(VISIT, asked, rows)
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head}, weeks AS (SELECT key, GROUPING(key) AS is_total, week,"  # noqa: S608
            " count(DISTINCT of_visit) AS visits FROM dated WHERE period = 0"
            " GROUP BY GROUPING SETS ((key, week), (week)))"
            " SELECT DISTINCT ON (is_total, key) key, is_total, week, visits"
            " FROM weeks ORDER BY is_total, key, visits DESC, week",
            params,
        )
        return {
            Total if is_total else key: Busiest(week, visits)
            for key, is_total, week, visits in cursor.fetchall()
        }
