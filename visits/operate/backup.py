"""A backup: the database as of one moment, every file it knows, and what is in both.

    manifest.json        what is in it: tables, files, version of the schema
    manifest.hmac        proves that a holder of the backup key wrote it
    SHA256SUMS           `sha256sum --check SHA256SUMS` needs no key and no product
    database.sealed      pg_dump's custom format
    files.sealed         a tar of FILES_DIR
    files.list.sealed    name, size and SHA-256 of each of its files

A file is never changed once it is written, and its row comes after it: the files as
they lie there after the moment of the dump hold all that the dump knows.
"""

import hmac
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from cadres.rules.key_ring import keys_in
from visits.models import file_store
from visits.operate import postgres
from visits.operate.sealed_stream import PIECE, derived_key, seal

FORMAT = 1
DATABASE, FILES, LIST = "database.sealed", "files.sealed", "files.list.sealed"
PARTS = (DATABASE, FILES, LIST)
MANIFEST, PROOF, SUMS = "manifest.json", "manifest.hmac", "SHA256SUMS"


class CannotDo(Exception):
    """With a sentence for who runs the command."""


@dataclass
class FileLine:
    name: str
    size: int
    sha256: str


def ring() -> dict[int, bytes]:
    """Number → backup key, newest first.

    Raises:
        CannotDo: there is none, or it also opens what is backed up.
    """
    try:
        keys = keys_in(settings.BACKUP_KEYS)
    except ValueError as why:
        raise CannotDo(
            f"BACKUP_KEYS cannot be used: {why} Make a key with “python -m config.keys”"
            " and keep it apart from the backups."
        ) from None
    if set(keys.values()) & set(keys_in(settings.IDENTITY_KEYS).values()):
        raise CannotDo(
            "BACKUP_KEYS holds a key of IDENTITY_KEYS. Whoever has one of them should"
            " not have the other: make a key of its own."
        )
    return keys


def make_backup(folder: Path, *, now: datetime) -> dict[str, Any]:
    """Write a whole backup into `folder`, which must not exist yet; its manifest.

    It is written beside its name and gets it when it is complete and on the disk.

    Raises:
        CannotDo
    """
    if folder.exists():
        raise CannotDo(f"{folder} exists already: a backup is never written over one.")
    number, key = next(iter(ring().items()))
    half = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}.new")
    half.mkdir(mode=0o700, parents=True)
    try:
        manifest = _write(half, number, key, now)
        half.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return manifest


def _write(half: Path, number: int, key: bytes, now: datetime) -> dict[str, Any]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Dump and counts see one and the same moment.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        _seal_part(half / DATABASE, _dumped(snapshot), number, key)
        tables = postgres.tables_of(connection)
        applied = sorted(MigrationRecorder(connection).applied_migrations())
    lines: list[FileLine] = []
    _seal_part(half / FILES, _packed(lines), number, key)
    listed = (json.dumps(asdict(line)).encode() + b"\n" for line in lines)
    _seal_part(half / LIST, listed, number, key)
    parts = {name: _part(half / name) for name in PARTS}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "key": number,
        "server": postgres.server_version(),
        "migrations": [f"{app}.{name}" for app, name in applied],
        "tables": {name: asdict(table) for name, table in tables.items()},
        "files": len(lines),
        "file_bytes": sum(line.size for line in lines),
        "parts": parts,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    _keep(half / MANIFEST, text)
    _keep(half / PROOF, proof_of(text, key).encode())
    sums = [f"{it['sha256']}  {name}\n" for name, it in parts.items()]
    sums.append(f"{sha256(text).hexdigest()}  {MANIFEST}\n")
    _keep(half / SUMS, "".join(sums).encode())
    _sync(half)
    return manifest


def proof_of(manifest: bytes, key: bytes) -> str:
    made = derived_key(key, b"", "manifest")
    return hmac.new(made, manifest, sha256).hexdigest()


def _dumped(snapshot: str) -> Iterator[bytes]:
    """What pg_dump writes.

    Raises:
        CannotDo: with what it said.
    """
    left_out = [f"--exclude-table-data=public.{name}" for name in postgres.NOT_KEPT]
    dump = postgres.start(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        *left_out,
        stdout=-1,
    )
    with dump:
        assert dump.stdout and dump.stderr
        try:
            while some := dump.stdout.read(PIECE):
                yield some
            said = dump.stderr.read().decode(errors="replace")
        finally:
            if dump.poll() is None and dump.stdout:
                dump.stdout.close()
    if dump.returncode:
        raise CannotDo(f"pg_dump failed: {said.strip()}")


class _Pipe(io.RawIOBase):
    """Takes what `tarfile` writes, and hands it on."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self.waiting += some
        return len(some)

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def _packed(lines: list[FileLine]) -> Iterator[bytes]:
    """A tar of all whole files, sealed as they lie there; each is noted in `lines`."""
    pipe = _Pipe()
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(file_store.everything()):
            if path.suffix == ".new":
                continue  # half written: no row knows it yet
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue  # an export whose day is over
            name = f"{path.parent.name}/{path.name}"
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
            lines.append(FileLine(name, len(data), sha256(data).hexdigest()))
            yield pipe.take()
    yield pipe.take()


def _seal_part(path: Path, plain: Iterable[bytes], number: int, key: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        seal(plain, out, name=path.name, number=number, key=key)
        out.flush()
        os.fsync(out.fileno())


def _part(path: Path) -> dict[str, Any]:
    return {"sha256": sum_of(path), "size": path.stat().st_size}


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while some := file.read(PIECE):
            digest.update(some)
    return digest.hexdigest()


def _keep(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def drop_oldest(parent: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest complete backups in a folder; those that went."""
    complete = [it for it in parent.iterdir() if (it / MANIFEST).is_file()]
    complete.sort(key=lambda it: json.loads((it / MANIFEST).read_bytes())["made_at"])
    gone = complete[:-keep] if keep > 0 else []
    for folder in gone:
        shutil.rmtree(folder)
    return gone
