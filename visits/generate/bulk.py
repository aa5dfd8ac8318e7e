"""Tables without their indexes and links while very many rows are written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from visits.generate.progress import Say, timed

Row = tuple[str, str, str]  # table, name, definition

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY 1, 2
"""
INDEXES = """
SELECT i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY 1, 2
"""
AUDITED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audited'"


@contextmanager
def stripped(
    cursor: CursorWrapper, tables: list[str], *, keep_unique: Collection[str], say: Say
) -> Iterator[None]:
    """Drop indexes, unique constraints and foreign keys, and make them again.

    What is made again looks at every row: it fails where one breaks a rule. Tables in
    `keep_unique` lose their foreign keys alone. The audit log is not told: nobody did
    any of this.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(AUDITED)
    audited = [table for (table,) in cursor.fetchall()]
    for table in audited:
        cursor.execute(_trigger("DISABLE", table))
    cursor.execute(CONSTRAINTS, [tables])
    found = cursor.fetchall()
    links = [(table, name, what) for table, name, kind, what in found if kind == "f"]
    unique = [
        (table, name, what)
        for table, name, kind, what in found
        if kind != "f" and table not in keep_unique
    ]
    cursor.execute(INDEXES, [[it for it in tables if it not in keep_unique]])
    indexes = cursor.fetchall()
    # Links first: they rest on the unique columns of others.
    for table, name, _what in [*links, *unique]:
        cursor.execute(_alter("DROP", table, name))
    for _table, name, _what in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for table in tables:
        with timed(f"{table}: indexes", say):
            for _table, _name, what in _of(table, indexes):
                cursor.execute(what)
            for _table, name, what in _of(table, unique):
                cursor.execute(_alter("ADD", table, name, what))
    for table in tables:
        with timed(f"{table}: links", say):
            for _table, name, what in _of(table, links):
                cursor.execute(_alter("ADD", table, name, what))
    for table in audited:
        cursor.execute(_trigger("ENABLE", table))


def _of(table: str, rows: list[Row]) -> list[Row]:
    return [it for it in rows if it[0] == table]


def _alter(verb: str, table: str, name: str, what: str = "") -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {} CONSTRAINT {} {}").format(
        sql.Identifier(table), sql.SQL(verb), sql.Identifier(name), sql.SQL(what)
    )


def _trigger(verb: str, table: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {} TRIGGER audited").format(
        sql.Identifier(table), sql.SQL(verb)
    )
