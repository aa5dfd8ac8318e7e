"""PostgreSQL's own programs, and what is in a database, table by table."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

DEBIAN = Path("/usr/lib/postgresql")
# Who is signed in, and what was counted a moment ago: not to come back from a backup,
# and not for others to hold.
NOT_KEPT = ("cadres_session", "django_cache")
# Under these a row reads the same on every server.
PLAIN_TEXT = """
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0
"""


class NoProgram(Exception):
    """With a sentence that says what to install."""


@dataclass(frozen=True)
class Table:
    """How many rows, and the sum of their hashes: whatever their order, the same."""

    rows: int
    content: str


def program(name: str, *, server: int) -> str:
    """The path of `pg_dump` and its like: of the server's major version, else the next.

    A later one writes settings into a dump that an earlier server does not know.

    Raises:
        NoProgram
    """
    found: dict[int, str] = {}
    for path in _candidates(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True)
        version = re.search(r"\d+", said.stdout)
        if version and int(version[0]) >= server:
            found.setdefault(int(version[0]), str(path))
            if int(version[0]) == server:
                break
    if found:
        return found[min(found)]
    raise NoProgram(
        f"There is no {name} for PostgreSQL {server}. Install"
        f" postgresql-client-{server}, or set PG_BINDIR to where its programs are."
    )


def _candidates(name: str) -> Iterator[Path]:
    for folder in settings.PG_PROGRAMS:
        if (Path(folder) / name).exists():
            yield Path(folder) / name
    if found := shutil.which(name):
        yield Path(found)
    yield from sorted(DEBIAN.glob(f"*/bin/{name}"), reverse=True)


def server_version() -> int:
    """The major version of the server."""
    connection.ensure_connection()
    version: int = connection.pg_version // 10_000  # type: ignore[attr-defined]
    return version


def start(
    name: str,
    *arguments: str,
    database: str = "",
    stdin: int | IO[bytes] | None = None,
    stdout: int | IO[bytes] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start one of the programs on our database, or on another of the same server."""
    return subprocess.Popen(
        [program(name, server=server_version()), "--no-password", *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=_environment(database),
    )


def _environment(database: str) -> dict[str, str]:
    """How libpq finds the server: never as arguments, which everyone can list."""
    entry: dict[str, Any] = connection.settings_dict
    known = {
        "PGHOST": entry["HOST"],
        "PGPORT": entry["PORT"],
        "PGUSER": entry["USER"],
        "PGPASSWORD": entry["PASSWORD"],
        "PGDATABASE": database or entry["NAME"],
    }
    for option in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        known[f"PG{option.upper()}"] = entry["OPTIONS"].get(option, "")
    # The limits of pages (PGOPTIONS) are not those of a backup.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | {k: str(v) for k, v in known.items() if v}


def tables_of(db: BaseDatabaseWrapper) -> dict[str, Table]:
    """Every table that a backup keeps. In the transaction that the caller holds."""
    found = {}
    with db.cursor() as cursor:
        cursor.execute(PLAIN_TEXT)
        for name in table_names(db):
            if name in NOT_KEPT:
                continue
            quoted = db.ops.quote_name(name)
            cursor.execute(
                "SELECT count(*), coalesce(sum("
                " ('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text"
                f" FROM {quoted} t"
            )
            found[name] = Table(*cursor.fetchone())
    return found


def table_names(db: BaseDatabaseWrapper) -> list[str]:
    with db.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]
