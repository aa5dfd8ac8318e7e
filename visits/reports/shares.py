"""What each visit adds to the figures that are kept, by the figures' own definitions.

A share is one visit in one county-level place. Figures of the visit itself (its
escorts, its team) are the same in all its shares, and count once where shares are
summed up; all others are of the share alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import Coalesce

from cadres.models import Account
from visits.models import Stop, Visit
from visits.models.rollup import Counted
from visits.reports.asked import Asked, OfStops
from visits.reports.counting import DAY_OF_HALF, number_of
from visits.reports.facts import HALF_DAY, OFFICIAL_VISIT, VISIT, Source
from visits.reports.figures import FIGURES, Figure
from visits.rules.periods import Period, PeriodKind

KEPT = [FIGURES[it.name] for it in Counted._meta.fields]
OF_WHOLE_VISIT = (VISIT, OFFICIAL_VISIT)
PLACES = ("province", "prefecture", "county")


class Named(Func):
    """Whether the visit is among those that the statement names `SEEN`."""

    template = "(%(expressions)s = ANY(ARRAY(SELECT id FROM seen)))"
    output_field = BooleanField()


@dataclass(frozen=True)
class OfAll(Asked):
    """Asks about certain visits that took place, whoever may know of them."""

    visits: QuerySet[Visit] | None = None

    def begun(self) -> QuerySet[Visit]:
        assert self.visits is not None
        return self.visits.held()  # type: ignore[attr-defined, no-any-return]

    def touching(self) -> QuerySet[Visit]:
        return self.begun()


@dataclass(frozen=True)
class ByShare(OfStops):
    """The key is the three places; below a prefecture without counties, the next."""

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        nowhere = Value(0, output_field=BigIntegerField())
        key = Func(
            Coalesce("province_id", nowhere),
            Coalesce("prefecture_id", nowhere),
            Coalesce("county_id", "township_id", "village_id", nowhere),
            template="ARRAY[%(expressions)s]",
            output_field=ArrayField(BigIntegerField()),
        )
        return Stop.objects.filter(visit__in=visits).annotate(
            key=key, who=F("visit_id")
        )

    def others(self, things: QuerySet[Any, Any], paths: Any) -> QuerySet[Any, Any]:
        raise NotImplementedError


def shares_of(
    visits: QuerySet[Visit], figures: Sequence[Figure]
) -> tuple[str, list[Any]]:
    """A SELECT of the columns of `VisitShare` with these figures; its parameters."""
    asked = OfAll(Account(), date.min, Period(PeriodKind.YEAR, 2000), visits=visits)
    by_source: dict[Source, list[Figure]] = {VISIT: [FIGURES["visits"]]}
    for figure in figures:
        by_source.setdefault(figure.source, []).append(figure)
    parts: list[str] = []
    params: list[Any] = []
    for source, wanted in by_source.items():
        sql, needed = source.facts(asked, ByShare()).query.sql_with_params()
        parts.append(_counted(source, wanted, figures, sql))
        params += needed
    sql, needed = HALF_DAY.facts(asked, ByShare()).query.sql_with_params()
    none = "".join(f", NULL::numeric AS {it.name}" for it in figures)
    parts.append(
        f"SELECT of_visit, key, NULL::date AS day, "  # noqa: S608
        f"array_agg(DISTINCT {DAY_OF_HALF}) AS dates{none}"
        f" FROM ({sql}) facts GROUP BY of_visit, key"
    )
    sums = "".join(f", nullif(sum({it.name}), 0)::int AS {it.name}" for it in figures)
    places = ", ".join(f"key[{at}] AS {it}" for at, it in enumerate(PLACES, start=1))
    return (
        f"SELECT of_visit AS visit_id, {places}, max(day) AS day,"  # noqa: S608
        f" max(dates) AS dates{sums}"
        f" FROM ({' UNION ALL '.join(parts)}) parts GROUP BY of_visit, key"
    ), [*params, *needed]


def _counted(
    source: Source, wanted: Sequence[Figure], figures: Sequence[Figure], sql: str
) -> str:
    """All names in the statement come from the definitions, none from a request."""
    things = ", ".join(dict.fromkeys(["of_visit", "key", *source.identity]))
    folded = "".join(
        [f", bool_or({it}) AS {it}" for it in {f.where for f in wanted} - {""}]
        + [f", max({it}) AS {it}" for it in {f.amount for f in wanted} - {""}]
    )
    numbers = "".join(
        f", {number_of(it) if it in wanted else 'NULL::numeric'} AS {it.name}"
        for it in figures
    )
    return (
        f"SELECT of_visit, key, max(day) AS day, NULL::date[] AS dates{numbers}"  # noqa: S608
        f" FROM (SELECT {things}, max(day) AS day{folded} FROM ({sql}) facts"
        f" GROUP BY {things}) things GROUP BY of_visit, key"
    )


@cache
def shares_seen(figures: tuple[Figure, ...]) -> tuple[str, list[Any]]:
    """As `shares_of`, of the visits whose keys are in `seen`, which comes before."""
    return shares_of(Visit.objects.filter(Named("pk")), figures)


def summed(figures: Iterable[Figure]) -> str:
    """SELECT the columns of `DayCount` from `signed`: shares, each with its `sign`.

    Every visit counts once in the country, in each province, and so on down.
    """
    figures = list(figures)
    per_visit = "".join(
        f", {'max' if it.source in OF_WHOLE_VISIT else 'sum'}({it.name}) AS {it.name}"
        for it in figures
    )
    sums = "".join(f", sum(sign * {it.name})::int AS {it.name}" for it in figures)
    none = "".join(f", NULL::int AS {it.name}" for it in figures)
    names = ", ".join(PLACES)
    sets = "(), (province), (province, prefecture), (province, prefecture, county)"
    places = ", ".join(f"coalesce({it}, 0) AS {it}" for it in PLACES)
    level = (
        f"CASE GROUPING({names}) WHEN 7 THEN 0 WHEN 3 THEN 1 WHEN 1 THEN 2 ELSE 3 END"
    )
    return (
        f"SELECT level, {names}, day{sums}, NULL::int AS present"  # noqa: S608
        f" FROM (SELECT {level} AS level, {places}, day, sign{per_visit} FROM signed"
        f" GROUP BY sign, visit_id, day, GROUPING SETS ({sets})) of_visits"
        f" GROUP BY level, {names}, day"
        f" UNION ALL SELECT {level} AS level, {places}, date{none},"
        " sum(sign)::int AS present"
        " FROM signed CROSS JOIN LATERAL unnest(dates) date"
        f" GROUP BY date, GROUPING SETS ({sets})"
    )
