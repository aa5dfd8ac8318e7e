"""Tables without their indexes and links while very many rows are written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper
from psycopg import sql

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


@contextmanager
def stripped(
    cursor: CursorWrapper, tables: list[str], *, keep_unique: Collection[str]
) -> Iterator[None]:
    """Drop indexes, unique constraints and foreign keys, and make them again.

    What is made again looks at every row: it fails where one breaks a rule. Tables in
    `keep_unique` lose their foreign keys alone.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(CONSTRAINTS, [tables])
    constraints = [
        it for it in cursor.fetchall() if it[2] == "f" or it[0] not in keep_unique
    ]
    cursor.execute(INDEXES, [[it for it in tables if it not in keep_unique]])
    indexes = cursor.fetchall()
    # Links first: they rest on the unique columns of others.
    for table, name, _kind, _what in sorted(constraints, key=lambda it: it[2] != "f"):
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    for _table, name, _what in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _table, _name, what in indexes:
        cursor.execute(what)
    for table, name, _kind, what in sorted(constraints, key=lambda it: it[2] == "f"):
        cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(what)
            )
        )
