"""Tables without their indexes and links while very many rows are written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from visits.generate.hands import Hands
from visits.generate.progress import Say, timed

LINK, UNIQUE, EXCLUSION, INDEX = "f", "u", "x", "i"
# The key of each table stays: the rows to copy are found by it.
RULES = """
SELECT conrelid::regclass::text AS of_table, conname, contype::text,
  pg_get_constraintdef(oid),
  CASE contype WHEN 'u' THEN pg_get_indexdef(conindid) ELSE '' END
FROM pg_constraint
WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('f', 'u', 'x')
UNION ALL
SELECT i.indrelid::regclass::text, c.relname, 'i', '', pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND NOT i.indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY 1, 2
"""
AUDITED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audited'"
LARGEST_FIRST = """
SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[])
ORDER BY pg_table_size(oid) DESC, relname
"""


class Rule(NamedTuple):
    """How to make an index, or a constraint; of a unique constraint, both."""

    table: str
    name: str
    kind: str
    constraint: str
    index_made: str


def rules_of(cursor: CursorWrapper, tables: list[str]) -> list[Rule]:
    cursor.execute(RULES, {"tables": tables})
    return [Rule(*row) for row in cursor.fetchall()]


@contextmanager
def stripped(
    cursor: CursorWrapper,
    tables: list[str],
    *,
    keep_unique: Collection[str],
    hands: Hands,
    say: Say,
) -> Iterator[None]:
    """Drop indexes, unique constraints and foreign keys, and make them again.

    What is made again looks at every row: it fails where one breaks a rule. Tables in
    `keep_unique` lose their foreign keys alone. The audit log is not told: nobody did
    any of this. With many hands each statement is committed by itself.
    """
    cursor.execute(AUDITED)
    audited = [table for (table,) in cursor.fetchall()]
    rules = [
        it
        for it in rules_of(cursor, tables)
        if it.kind == LINK or it.table not in keep_unique
    ]
    with transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in audited:
            cursor.execute(_trigger("DISABLE", table))
        # Links first: they rest on the unique columns of others.
        for it in sorted(rules, key=lambda it: it.kind != LINK):
            cursor.execute(_dropped(it))
    yield
    tables = largest_first(cursor, tables)
    with timed("indexes", say):
        _index(cursor, hands, tables, [it for it in rules if it.kind != LINK], say)
    with timed("links", say):
        _link(cursor, hands, tables, [it for it in rules if it.kind == LINK])
    for table in audited:
        cursor.execute(_trigger("ENABLE", table))


def largest_first(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    cursor.execute(LARGEST_FIRST, [tables])
    return [table for (table,) in cursor.fetchall()]


def _index(
    cursor: CursorWrapper, hands: Hands, tables: list[str], rules: list[Rule], say: Say
) -> None:
    def make(it: Rule, cursor: CursorWrapper) -> None:
        with timed(f"index {it.name}", say, always=False):
            cursor.execute(it.index_made or _added(it, it.constraint))

    def place(it: Rule) -> tuple[bool, int]:
        """Texts that are cut into pieces take longest."""
        return "USING gin" not in it.index_made, tables.index(it.table)

    hands.do([partial(make, it) for it in sorted(rules, key=place)])
    for it in rules:
        if it.kind == UNIQUE:
            # “UNIQUE (a, b) DEFERRABLE”, with the index instead of the columns.
            rest = it.constraint[it.constraint.index(")") + 1 :]
            cursor.execute(_added(it, f"UNIQUE USING INDEX {it.name}{rest}"))


def _link(
    cursor: CursorWrapper, hands: Hands, tables: list[str], rules: list[Rule]
) -> None:
    """Rows can be looked at side by side, but not those of one table."""

    def prove(table: str, cursor: CursorWrapper) -> None:
        for it in rules:
            if it.table == table:
                cursor.execute(_alter(it, "VALIDATE CONSTRAINT"))

    for it in rules:
        cursor.execute(_added(it, f"{it.constraint} NOT VALID"))
    hands.do([partial(prove, table) for table in tables])


def _dropped(it: Rule) -> sql.Composable:
    if it.kind == INDEX:
        return sql.SQL("DROP INDEX {}").format(sql.Identifier(it.name))
    return _alter(it, "DROP CONSTRAINT")


def _added(it: Rule, what: str) -> sql.Composable:
    return _alter(it, "ADD CONSTRAINT", what)


def _alter(it: Rule, verb: str, what: str = "") -> sql.Composable:
    return sql.SQL("ALTER TABLE {} {} {} {}").format(
        sql.Identifier(it.table), sql.SQL(verb), sql.Identifier(it.name), sql.SQL(what)
    )


def _trigger(verb: str, table: str) -> sql.Composable:
    return sql.SQL("ALTER TABLE {} {} TRIGGER audited").format(
        sql.Identifier(table), sql.SQL(verb)
    )
