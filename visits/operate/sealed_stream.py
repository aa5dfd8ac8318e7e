"""Files of any length, encrypted in pieces: read and written as a stream.

Each file has a key of its own, derived from the backup key, a random salt and the
file's name: no two share one, and a part that is renamed does not open. A piece is
bound to its number and to whether it is the last, so that none can be left out,
repeated, moved or cut off.
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"4GRBAK1\n"
SALT = 32  # bytes
TAG = 16  # bytes, added to each piece
PIECE = 2**20  # bytes of plain text; the last piece may be shorter
KEY_NUMBER = 2  # bytes


class Damaged(Exception):
    """Not what was written, or under a key that is not here."""


def derived_key(key: bytes, salt: bytes, purpose: str) -> bytes:
    """A key for one purpose; whoever has it knows nothing of the others."""
    return HKDF(SHA256(), 32, salt, purpose.encode()).derive(key)


def seal(
    plain: Iterable[bytes], out: BinaryIO, *, name: str, number: int, key: bytes
) -> None:
    """Write the stream to `out`, encrypted under the key of this number."""
    salt = os.urandom(SALT)
    cipher = AESGCM(derived_key(key, salt, name))
    out.write(MAGIC + number.to_bytes(KEY_NUMBER, "big") + salt)
    waiting, count = bytearray(), 0
    for some in plain:
        waiting += some
        # One byte more than a piece: then what is written is not the last one.
        while len(waiting) > PIECE:
            piece = bytes(waiting[:PIECE])
            out.write(cipher.encrypt(_nonce(count, is_last=False), piece, None))
            del waiting[:PIECE]
            count += 1
    out.write(cipher.encrypt(_nonce(count, is_last=True), bytes(waiting), None))


def opened(sealed: BinaryIO, *, name: str, keys: dict[int, bytes]) -> Iterator[bytes]:
    """The plain text, piece by piece, each of them checked before it is handed out.

    Raises:
        Damaged: as soon as a piece is not what was written.
    """
    if sealed.read(len(MAGIC)) != MAGIC:
        raise Damaged(f"{name} is no part of a backup.")
    number = int.from_bytes(sealed.read(KEY_NUMBER), "big")
    if number not in keys:
        raise Damaged(f"{name} needs backup key {number}, which is not in BACKUP_KEYS.")
    cipher = AESGCM(derived_key(keys[number], sealed.read(SALT), name))
    count, piece = 0, sealed.read(PIECE + TAG)
    while True:
        following = sealed.read(PIECE + TAG)
        nonce = _nonce(count, is_last=not following)
        try:
            yield cipher.decrypt(nonce, piece, None)
        except InvalidTag:
            raise Damaged(f"{name} is damaged, or not from this office.") from None
        if not following:
            return
        count, piece = count + 1, following


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])


class Reader:
    """An iterator of bytes as a file to read from, for `tarfile`."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.waiting = pieces, b""

    def read(self, size: int = -1) -> bytes:
        parts, length = [self.waiting], len(self.waiting)
        while size < 0 or length < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        cut = len(whole) if size < 0 else size
        self.waiting = whole[cut:]
        return whole[:cut]
