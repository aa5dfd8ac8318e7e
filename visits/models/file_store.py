"""Where attachments and large exports lie: encrypted, under random names.

A file is whole or not there: it is written beside its place, forced to the disk and
then renamed. The row comes after the file, so a kill leaves at most a file without a
row, which `sweep_files` takes away.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from cadres.models.encrypted import (
    key_of,
    newest_key,
    open_bytes,
    seal_bytes,
)


def purpose_of(key: Any) -> str:
    """What the bytes of a file are bound to."""
    return f"attachment_file/{key}"


def path_of(key: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / str(key)[:2] / str(key)


def put(key: UUID, plain: bytes) -> str:
    """Write the bytes sealed; return the hash of what lies on the disk.

    The hash is of the sealed bytes: a backup is checked without any key, and the
    table betrays no known document.
    """
    sealed = seal_bytes(plain, purpose_of(key))
    path = path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{key}.{os.urandom(4).hex()}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256(sealed).hexdigest()


def take(key: UUID) -> bytes:
    """Read in clear.

    Raises:
        OSError: it is not there.
        WrongKey: it cannot be opened, or is not what was written.
    """
    return open_bytes(path_of(key).read_bytes(), purpose_of(key))


def drop(key: UUID) -> None:
    path_of(key).unlink(missing_ok=True)


def reseal(key: UUID) -> str | None:
    """Write the file under the newest key; its new hash, or None if it was already."""
    sealed = path_of(key).read_bytes()
    if key_of(sealed) == newest_key():
        return None
    return put(key, open_bytes(sealed, purpose_of(key)))


def hash_of(key: UUID) -> str:
    """Of the file as it lies there, after it has been opened: a torn one raises.

    Raises:
        OSError, WrongKey: as `take`.
    """
    take(key)
    return sha256(path_of(key).read_bytes()).hexdigest()


def everything() -> Iterator[Path]:
    """Every file there is, also those half written."""
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir():
        for folder in root.iterdir():
            if folder.is_dir() and len(folder.name) == 2:
                yield from folder.iterdir()
