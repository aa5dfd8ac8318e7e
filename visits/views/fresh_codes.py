"""Codes that were just made, until their receipt is printed: once, or not at all.

They wait in the clerk's session, encrypted, for a quarter of an hour; the letter itself
holds only their hash.
"""

import base64
import binascii
import time
from contextlib import suppress
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from cadres.models.encrypted import WrongKey, read_sealed, write_sealed
from visits.models import Letter

KEY = "fresh_codes"
SECONDS = 15 * 60


def keep_code(session: SessionBase, letter: Letter, code: str) -> None:
    """Keep a new code; nothing is kept of a form that arrived for the second time."""
    if not code:
        return
    sealed = write_sealed({"code": code}, purpose="receipt", seal_id=letter.seal_id)
    kept = _fresh(session)
    kept[letter.reference] = [base64.b64encode(sealed).decode(), time.time() + SECONDS]
    session[KEY] = kept


def take_code(session: SessionBase, letter: Letter) -> str:
    """The code, for the only time; "" if it was shown or is too old."""
    kept = _fresh(session)
    entry = kept.get(letter.reference, ["", 0])
    if not entry[0]:
        return ""
    # That it was here is remembered, so that a jammed paper can be made anew.
    kept[letter.reference] = ["", entry[1]]
    session[KEY] = kept
    with suppress(WrongKey, binascii.Error):
        sealed = base64.b64decode(entry[0])
        return read_sealed(sealed, purpose="receipt", seal_id=letter.seal_id)["code"]
    return ""


def references(session: SessionBase) -> list[str]:
    """The letters whose receipt was asked for a moment ago."""
    return list(_fresh(session))


def _fresh(session: SessionBase) -> dict[str, Any]:
    now = time.time()
    return {
        reference: entry
        for reference, entry in session.get(KEY, {}).items()
        if entry[1] > now
    }
