"""The drill: a backup is only one once it was restored, whole, and its files opened."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.db import connection, connections

from cadres.models.encrypted import WrongKey, open_bytes
from visits.actions.rotate_keys import COLUMNS, Column
from visits.models import Attachment, file_store
from visits.operate.restore import (
    compare_tables,
    read_manifest,
    restore_database,
    restore_files,
)

ALIAS = "drill"
TRIED = 20  # newest values of each encrypted column


@dataclass
class Drilled:
    """What was found in the copy; `faults` in words, none if all is well."""

    tables: int
    rows: int
    files: int = 0
    attachments: int = 0
    values: int = 0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        return {
            "tables": self.tables,
            "rows": self.rows,
            "files": self.files,
            "attachments": self.attachments,
            "values": self.values,
        }


def run_drill(folder: Path, *, work: Path | None = None) -> Drilled:
    """Restore into a database and a folder of its own, compare, open, and remove both.

    Raises:
        CannotDo: it is not a whole backup, or differs from what was backed up.
    """
    manifest = read_manifest(folder)
    rows = sum(it["rows"] for it in manifest["tables"].values())
    drilled = Drilled(tables=len(manifest["tables"]), rows=rows)
    files = Path(tempfile.mkdtemp(prefix="drill-", dir=work))
    try:
        with _throw_away_database() as name:
            restore_database(folder, name)
            compare_tables(manifest, ALIAS)
            drilled.files = restore_files(folder, files)
            _open_attachments(files, drilled)
            for column in COLUMNS:
                _open_values(column, drilled)
    finally:
        shutil.rmtree(files, ignore_errors=True)
    return drilled


@contextmanager
def _throw_away_database() -> Iterator[str]:
    """An empty database beside ours, with its letters; gone when the block ends."""
    name = f"{connection.settings_dict['NAME']}_drill_{os.urandom(4).hex()}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ours.datcollate, ours.datctype,"
            " (ours.datcollate, ours.datctype) = (given.datcollate, given.datctype)"
            " FROM pg_database ours, pg_database given"
            " WHERE ours.datname = current_database() AND given.datname = 'template0'"
        )
        collate, ctype, is_usual = cursor.fetchone()
        locale = "" if is_usual else f" LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
        cursor.execute(
            f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'{locale}"
        )
    copy = connection.copy(ALIAS)
    copy.settings_dict["NAME"] = name
    connections[ALIAS] = copy
    try:
        yield name
    finally:
        copy.close()
        del connections[ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


def _open_attachments(files: Path, drilled: Drilled) -> None:
    kept = Attachment.objects.using(ALIAS).exclude(state=Attachment.State.ARCHIVED)
    rows = kept.order_by("pk").values_list("key", "sha256")
    for key, known in rows.iterator():
        path = files / str(key)[:2] / str(key)
        try:
            sealed = path.read_bytes()
            open_bytes(sealed, file_store.purpose_of(key))
        except FileNotFoundError:
            drilled.faults.append(f"File {key} is missing.")
        except WrongKey:
            drilled.faults.append(f"No key of IDENTITY_KEYS opens file {key}.")
        else:
            drilled.attachments += 1
            if sha256(sealed).hexdigest() != known:
                drilled.faults.append(f"File {key} is not the one its row knows.")


def _open_values(column: Column, drilled: Drilled) -> None:
    rows = (
        column.model._default_manager.using(ALIAS)
        .filter(**{f"{column.field}__isnull": False})
        .order_by("-pk")
        .values_list("pk", column.field, column.seal_id)[:TRIED]
    )
    name = f"{column.model._meta.label}.{column.field}"
    for pk, sealed, seal_id in rows:
        try:
            open_bytes(bytes(sealed), f"{column.purpose}/{seal_id}")
        except WrongKey:
            drilled.faults.append(f"No key of IDENTITY_KEYS opens {name} of row {pk}.")
        else:
            drilled.values += 1
