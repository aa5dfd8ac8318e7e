"""Columns that are unreadable without a key from outside the database."""

import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from cadres.rules.key_ring import keys_in

VERSION = 1
NONCE = 12  # bytes


class WrongKey(Exception):
    """What was read cannot be opened with any key of the ring; never shown as text."""


def _ring() -> dict[int, AESGCM]:
    """Key number → cipher, newest first, from `settings.IDENTITY_KEYS`."""
    return {
        number: AESGCM(key) for number, key in keys_in(settings.IDENTITY_KEYS).items()
    }


def seal_bytes(plain: bytes, purpose: str) -> bytes:
    """Encrypt under the newest key: version, key id, nonce, then AES-256-GCM.

    `purpose` is bound to the result: bytes moved to another column or record do not
    open there.
    """
    number, cipher = next(iter(_ring().items()))
    nonce = os.urandom(NONCE)
    head = bytes([VERSION]) + number.to_bytes(2, "big")
    return head + nonce + cipher.encrypt(nonce, plain, head + purpose.encode())


def open_bytes(sealed: bytes, purpose: str) -> bytes:
    """Decrypt what `seal_bytes` made.

    Raises:
        WrongKey: the key is not in the ring, or the bytes are not what was sealed.
    """
    head, rest = sealed[:3], sealed[3:]
    cipher = _ring().get(int.from_bytes(head[1:3], "big"))
    if head[:1] != bytes([VERSION]) or cipher is None:
        raise WrongKey(purpose)
    try:
        nonce, body = rest[:NONCE], rest[NONCE:]
        return cipher.decrypt(nonce, body, head + purpose.encode())
    except InvalidTag as error:
        raise WrongKey(purpose) from error


def key_of(sealed: bytes) -> int:
    """The number of the key that a value was sealed with."""
    return int.from_bytes(sealed[1:3], "big")


def newest_key() -> int:
    return next(iter(_ring()))


class SealedTexts(models.BinaryField):  # type: ignore[type-arg]
    """A few texts in one encrypted column, bound to a record by its `seal_id`.

    Read and written through `read_sealed` and `write_sealed` alone, so that a page
    opens them on purpose and never by listing rows.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)


def write_sealed(texts: Mapping[str, str], *, purpose: str, seal_id: Any) -> bytes:
    plain = json.dumps(dict(texts), ensure_ascii=False).encode()
    return seal_bytes(plain, f"{purpose}/{seal_id}")


def read_sealed(sealed: bytes, *, purpose: str, seal_id: Any) -> dict[str, str]:
    texts: dict[str, str] = json.loads(
        open_bytes(bytes(sealed), f"{purpose}/{seal_id}")
    )
    return texts
