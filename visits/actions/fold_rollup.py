"""Bring the figures that are kept up to date; or make them anew, and compare them.

See docs/decisions/rollups.md. Everything here is one transaction: a kill loses nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from visits.models import DayCount, LastVisit, TouchedVisit, Visit, VisitShare
from visits.reports.shares import KEPT, PLACES, shares_of, summed
from visits.rules.visit_states import HELD

LOCK = 9_1988  # of nothing else in this database
BATCH = 2_000  # notes in one transaction
SPAN = 100_000  # keys of visits that are counted in one statement, when all are

NAMES = ", ".join(it.name for it in KEPT)
LAST = (
    "SELECT s.township_id AS township, max(s.starts_at) AS starts_at FROM visits_stop s"
    " JOIN visits_visit v ON v.id = s.visit_id"
    " WHERE s.township_id IS NOT NULL AND v.state = ANY(%s) GROUP BY s.township_id"
)
OF_SHARE = f"visit_id, {', '.join(PLACES)}, day, dates, {NAMES}"
CELL = f"level, {', '.join(PLACES)}, day"
FOLDED = ", ".join([*(it.name for it in KEPT), "present"])


def fold_rollup() -> int:
    """Count the touched visits anew, some at a time; say how many were noted."""
    done = 0
    while folded := _fold_some():
        done += folded
    return done


@transaction.atomic
def _fold_some() -> int:
    with connection.cursor() as cursor:
        _one_at_a_time(cursor)
        cursor.execute(
            "DELETE FROM visits_touchedvisit WHERE id IN"
            " (SELECT id FROM visits_touchedvisit ORDER BY id LIMIT %s)"
            " RETURNING visit_id, township",
            [BATCH],
        )
        touched = cursor.fetchall()
        if touched:
            pks = sorted({pk for pk, _township in touched})
            _add_up(cursor, -1, "visit_id = ANY(%s)", [pks])
            cursor.execute(
                "DELETE FROM visits_visitshare WHERE visit_id = ANY(%s)", [pks]
            )
            # What was written since the notes were taken away is seen here, or its own
            # note will be there for the next fold, or both.
            _write_shares(cursor, Visit.objects.filter(pk__in=pks))
            _add_up(cursor, 1, "visit_id = ANY(%s)", [pks])
            _look_again(cursor, pks, {it for _pk, it in touched if it})
    return len(touched)


def _look_again(cursor: CursorWrapper, visits: list[int], gone: set[int]) -> None:
    """When anyone was last in the townships of these visits, and in those they left."""
    cursor.execute(
        "SELECT DISTINCT township_id FROM visits_stop WHERE visit_id = ANY(%s)",
        [visits],
    )
    townships = sorted({pk for (pk,) in cursor.fetchall() if pk} | gone)
    cursor.execute("DELETE FROM visits_lastvisit WHERE township = ANY(%s)", [townships])
    cursor.execute(
        "INSERT INTO visits_lastvisit (township, starts_at)"
        " SELECT place.id, last.starts_at FROM unnest(%s::bigint[]) place (id)"
        " CROSS JOIN LATERAL (SELECT s.starts_at FROM visits_stop s"
        " JOIN visits_visit v ON v.id = s.visit_id"
        " WHERE s.township_id = place.id AND v.state = ANY(%s)"
        " ORDER BY s.starts_at DESC LIMIT 1) last",
        [townships, list(HELD)],
    )


def rebuild_rollup(say: Callable[[str], None] = lambda _line: None) -> None:
    """Forget all that is kept and count it anew.

    What others write meanwhile is counted here or noted, or both, which is no harm.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _at_length(cursor)
        _forget(cursor)
        for first, last in _spans():
            _write_shares(cursor, Visit.objects.filter(pk__range=(first, last)))
            _add_up(cursor, 1, "visit_id BETWEEN %s AND %s", [first, last])
        _note_last(cursor)
        say(_how_many())


def count_at_once(
    do: Callable[[Sequence[Callable[[CursorWrapper], None]]], Any],
) -> str:
    """As `rebuild_rollup` while nobody else writes; `do` has several connections.

    Until the end all visits are noted as touched, so that readers count them anew.
    """

    def count(keys: tuple[int, int], cursor: CursorWrapper) -> None:
        _write_shares(cursor, Visit.objects.filter(pk__range=keys))

    do([partial(count, keys) for keys in _spans()])
    with transaction.atomic(), connection.cursor() as cursor:
        _add_up(cursor, 1, "true", [])
        _note_last(cursor)
        cursor.execute("DELETE FROM visits_touchedvisit")
    return _how_many()


def _note_last(cursor: CursorWrapper) -> None:
    cursor.execute(
        f"INSERT INTO visits_lastvisit (township, starts_at) {LAST}", [list(HELD)]
    )


def _how_many() -> str:
    return f"{VisitShare.objects.count()} shares, {DayCount.objects.count()} days"


def _forget(cursor: CursorWrapper) -> None:
    for model in (TouchedVisit, DayCount, VisitShare, LastVisit):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


@contextmanager
def unnoted(cursor: CursorWrapper) -> Iterator[None]:
    """Note nothing while very much is written; at its end, that all is to be counted.

    What was kept is forgotten. In a transaction, or where nobody else writes.
    """
    cursor.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'touch_visit'"
    )
    tables = [table for (table,) in cursor.fetchall()]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER touch_visit")
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER touch_visit")
    _forget(cursor)
    cursor.execute(
        "INSERT INTO visits_touchedvisit (visit_id)"
        " SELECT id FROM visits_visit WHERE state = ANY(%s)",
        [list(HELD)],
    )


def differences() -> Iterator[str]:
    """What is kept and not what the visits say, a line each; nothing if all is well.

    Visits that are noted as touched may differ: readers count them anew.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _at_length(cursor)
        for first, last in _spans():
            yield from _wrong_shares(cursor, first, last)
        yield from _wrong_days(cursor)
        yield from _wrong_townships(cursor)


def _wrong_shares(cursor: CursorWrapper, first: int, last: int) -> Iterator[str]:
    sql, params = shares_of(Visit.objects.filter(pk__range=(first, last)), KEPT)
    cursor.execute(
        f"WITH counted AS ({sql}), kept AS (SELECT {OF_SHARE} FROM visits_visitshare"  # noqa: S608
        " WHERE visit_id BETWEEN %s AND %s), wrong AS ("
        f"(SELECT {OF_SHARE} FROM counted EXCEPT SELECT {OF_SHARE} FROM kept) UNION ALL"
        f" (SELECT {OF_SHARE} FROM kept EXCEPT SELECT {OF_SHARE} FROM counted))"
        " SELECT DISTINCT visit_id FROM wrong WHERE visit_id NOT IN"
        " (SELECT visit_id FROM visits_touchedvisit) ORDER BY 1",
        [*params, first, last],
    )
    for (pk,) in cursor.fetchall():
        yield f"visit {pk}"


def _wrong_days(cursor: CursorWrapper) -> Iterator[str]:
    """Days that are not the sum of their shares."""
    columns = ", ".join(
        f"nullif(sum({it}), 0)::int AS {it}" for it in FOLDED.split(", ")
    )
    cursor.execute(
        f"WITH signed AS (SELECT 1 AS sign, {OF_SHARE} FROM visits_visitshare),"  # noqa: S608
        f" counted AS (SELECT {CELL}, {columns} FROM ({summed(KEPT)}) days"
        f" GROUP BY {CELL}), wrong AS ("
        f"(SELECT {CELL}, {FOLDED} FROM counted EXCEPT"
        f" SELECT {CELL}, {FOLDED} FROM visits_daycount) UNION ALL"
        f" (SELECT {CELL}, {FOLDED} FROM visits_daycount EXCEPT"
        f" SELECT {CELL}, {FOLDED} FROM counted))"
        f" SELECT DISTINCT {CELL} FROM wrong WHERE num_nonnulls({FOLDED}) > 0"
        f" ORDER BY {CELL}"
    )
    for level, province, prefecture, county, day in cursor.fetchall():
        place = county or prefecture or province
        yield f"{day} at level {level}, place {place}"


def _wrong_townships(cursor: CursorWrapper) -> Iterator[str]:
    """Those of touched visits may differ."""
    cursor.execute(
        f"WITH counted AS ({LAST})"  # noqa: S608
        " SELECT township FROM visits_lastvisit kept FULL JOIN counted USING (township)"
        " WHERE kept.starts_at IS DISTINCT FROM counted.starts_at AND township NOT IN"
        " (SELECT township FROM visits_touchedvisit WHERE township IS NOT NULL"
        " UNION SELECT township_id FROM visits_stop WHERE township_id IS NOT NULL"
        " AND visit_id IN (SELECT visit_id FROM visits_touchedvisit)) ORDER BY 1",
        [list(HELD)],
    )
    for (pk,) in cursor.fetchall():
        yield f"last visit to place {pk}"


def _spans() -> Iterator[tuple[int, int]]:
    """All keys of visits, also of those that are gone and were counted."""
    last = Visit.objects.aggregate(last=Max("pk"))["last"] or 0
    kept = VisitShare.objects.aggregate(last=Max("visit_id"))["last"] or 0
    for first in range(1, max(last, kept) + 1, SPAN):
        yield first, first + SPAN - 1


def _one_at_a_time(cursor: CursorWrapper) -> None:
    """Readers and writers go on; another fold waits for this one."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _at_length(cursor: CursorWrapper) -> None:
    cursor.execute("SET LOCAL statement_timeout = 0")
    cursor.execute("SET LOCAL work_mem = '128MB'")
    _one_at_a_time(cursor)


def _write_shares(cursor: CursorWrapper, visits: Any) -> None:
    sql, params = shares_of(visits, KEPT)
    cursor.execute(
        f"INSERT INTO visits_visitshare ({OF_SHARE})"  # noqa: S608
        f" SELECT {OF_SHARE} FROM ({sql}) counted",
        params,
    )


def _add_up(
    cursor: CursorWrapper, sign: int, where: str, params: Sequence[Any]
) -> None:
    """Add these shares to their days, or take them away."""
    columns = FOLDED.split(", ")
    sums = ", ".join(f"nullif(sum({it}), 0)::int" for it in columns)
    added = ", ".join(
        f"{it} = nullif(coalesce(kept.{it}, 0) + coalesce(excluded.{it}, 0), 0)"
        for it in columns
    )
    cursor.execute(
        f"WITH signed AS (SELECT {sign:d} AS sign, {OF_SHARE} FROM visits_visitshare"  # noqa: S608
        f" WHERE {where}) INSERT INTO visits_daycount AS kept ({CELL}, {FOLDED})"
        f" SELECT {CELL}, {sums} FROM ({summed(KEPT)}) days GROUP BY {CELL}"
        f" ON CONFLICT ({CELL}) DO UPDATE SET {added}",
        params,
    )
