"""Bringing a backup back, into an empty database and an empty folder alone."""

import hmac
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from visits.operate import postgres
from visits.operate.backup import (
    DATABASE,
    FILES,
    FORMAT,
    LIST,
    MANIFEST,
    PARTS,
    PROOF,
    CannotDo,
    proof_of,
    ring,
    sum_of,
)
from visits.operate.sealed_stream import Damaged, Reader, opened

OUR_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Check that the backup is whole, of this office and of a schema we know.

    Raises:
        CannotDo: with what is wrong.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        proof = (folder / PROOF).read_text()
        manifest: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        raise CannotDo(f"{folder} is no complete backup.") from None
    if manifest.get("format") != FORMAT:
        raise CannotDo("The backup is of another format: use the version that made it.")
    key = ring().get(manifest["key"])
    if key is None:
        raise CannotDo(
            f"The backup needs key {manifest['key']}, which is not in BACKUP_KEYS."
        )
    if not hmac.compare_digest(proof, proof_of(text, key)):
        raise CannotDo(
            "The manifest was changed, or BACKUP_KEYS has another key than then."
        )
    for name in PARTS:
        path = folder / name
        if not path.is_file() or sum_of(path) != manifest["parts"][name]["sha256"]:
            raise CannotDo(f"{name} is not what was written: take another backup.")
    known = _known_migrations()
    if strange := [it for it in manifest["migrations"] if it not in known]:
        raise CannotDo(
            f"The backup is of a later version of the product ({strange[-1]}): install"
            " that version, then restore."
        )
    return manifest


def _known_migrations() -> set[str]:
    """Those of this version, and those that they stand for since they were squashed."""
    disk = MigrationLoader(None).disk_migrations
    known = {key for one in disk.values() for key in one.replaces} | disk.keys()
    return {f"{app}.{name}" for app, name in known}


def restore(folder: Path) -> dict[str, Any]:
    """Bring everything back into the database and the folder of the settings.

    Raises:
        CannotDo: nothing was kept, unless it says which tables differ.
    """
    manifest = read_manifest(folder)
    files = Path(settings.MEDIA_ROOT)
    if postgres.table_names(connection):
        raise CannotDo(
            f"The database “{connection.settings_dict['NAME']}” is not empty. Make an"
            " empty one and name it in DATABASE_URL (or DATABASE_NAME)."
        )
    if files.is_dir() and any(files.iterdir()):
        raise CannotDo(
            f"{files} is not empty. Name an empty folder in FILES_DIR, or move what is"
            " there out of the way."
        )
    try:
        restore_files(folder, files)
        restore_database(folder, connection.settings_dict["NAME"])
    except BaseException:
        for path in files.glob("*"):  # it was empty before
            shutil.rmtree(path)
        raise
    compare_tables(manifest, DEFAULT_DB_ALIAS)
    return manifest


def restore_database(folder: Path, name: str) -> None:
    """Into the empty database of this name, all of it or nothing.

    Raises:
        CannotDo
    """
    loading = postgres.start(
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={name}",
        database=name,
        stdin=-1,
    )
    with loading:
        assert loading.stdin and loading.stderr
        try:
            for some in _pieces(folder, DATABASE):
                loading.stdin.write(some)
            loading.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, and says why
        except CannotDo:
            loading.kill()
            raise
        said = loading.stderr.read().decode(errors="replace")
    if loading.returncode:
        raise CannotDo(f"pg_restore failed, nothing was kept: {said.strip()[:2000]}")


def restore_files(folder: Path, target: Path) -> int:
    """Write every file of the backup below `target`; how many there were.

    Raises:
        CannotDo: one is not what was backed up.
    """
    wanted = {line["name"]: line for line in _lines(folder)}
    reader = Reader(_pieces(folder, FILES))
    found = 0
    with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            line = wanted.pop(member.name, None)
            content = tar.extractfile(member) if member.isfile() else None
            if not line or not content or not OUR_NAME.fullmatch(member.name):
                raise CannotDo(f"{FILES} holds what is no file of ours.")
            data = content.read()
            if sha256(data).hexdigest() != line["sha256"]:
                raise CannotDo(f"{FILES}: {member.name} is not what was backed up.")
            _write_file(target / member.name, data)
            found += 1
    if wanted:
        raise CannotDo(f"{FILES} lacks {len(wanted)} of its files.")
    return found


def compare_tables(manifest: dict[str, Any], alias: str) -> None:
    """Raise CannotDo unless each table is, row by row, what it was."""
    with transaction.atomic(using=alias):
        here = postgres.tables_of(connections[alias])
    differ = [
        name
        for name in sorted(manifest["tables"].keys() | here.keys())
        if name not in here
        or name not in manifest["tables"]
        or manifest["tables"][name]
        != {"rows": here[name].rows, "content": here[name].content}
    ]
    if differ:
        raise CannotDo(f"These tables differ from the backup: {', '.join(differ)}.")


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    rest = b""
    for piece in _pieces(folder, LIST):
        *whole, rest = (rest + piece).split(b"\n")
        yield from map(json.loads, whole)


def _pieces(folder: Path, name: str) -> Iterator[bytes]:
    with (folder / name).open("rb") as file:
        try:
            yield from opened(file, name=name, keys=ring())
        except Damaged as why:
            raise CannotDo(str(why)) from None


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
