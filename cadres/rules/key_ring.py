"""The keys that petitioners' identities are encrypted with, as they are written."""

import base64
import binascii
from collections.abc import Sequence

KEY = 32  # bytes: AES-256
LAST = 65_535


def keys_in(parts: Sequence[str]) -> dict[int, bytes]:
    """Key number → key of `NUMBER:BASE64` entries, in their order: the newest first.

    Raises:
        ValueError: with a sentence that repeats no key.
    """
    ring: dict[int, bytes] = {}
    for position, part in enumerate(parts, start=1):
        text, _sep, encoded = part.strip().partition(":")
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= LAST:
            raise ValueError(f"entry {position} does not begin with a number and “:”.")
        if number in ring:
            raise ValueError(f"number {number} stands twice.")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY:
            raise ValueError(f"entry {position} is not 32 bytes in base64.")
        ring[number] = key
    if not ring:
        raise ValueError("there is none.")
    return ring
