"""What the application's own role may do in the database: no more than it needs."""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

# Nothing but migrations, or functions that run as the owner, write to these.
READ_ONLY = (
    "auth_permission",
    "cadres_auditanchor",
    "cadres_auditstrand",
    "django_content_type",
    "django_migrations",
)
# Written once, but for these columns: a letter may be sealed, and keys change.
RE_SEALED = {
    "visits_letterevent": ("record", "sealed_record"),
    "visits_matterevent": ("sealed_witness",),
}
# Tables that a trigger keeps from being changed.
WRITTEN_ONCE = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
WHERE tgname IN ('append_only', 'setting_change_append_only')
"""
GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO {role};
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
"""


@transaction.atomic
def grant_application(role: str) -> None:
    """Make the role if it is missing, and give it what it needs; again after migrating.

    Raises:
        ProgrammingError: the role is missing, and the owner may not make one.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        cursor.execute(sql.SQL(GRANTS).format(role=name))
        cursor.execute(WRITTEN_ONCE)
        written_once = [table for (table,) in cursor.fetchall()]
        for table in written_once:
            _revoke(cursor, "UPDATE, DELETE", table, name)
        for table in READ_ONLY:
            _revoke(cursor, "INSERT, UPDATE, DELETE", table, name)
        for table, columns in RE_SEALED.items():
            cursor.execute(
                sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.Identifier(table),
                    name,
                )
            )


def _revoke(
    cursor: CursorWrapper, rights: str, table: str, role: sql.Identifier
) -> None:
    cursor.execute(
        sql.SQL("REVOKE {} ON {} FROM {}").format(
            sql.SQL(rights), sql.Identifier(table), role
        )
    )
