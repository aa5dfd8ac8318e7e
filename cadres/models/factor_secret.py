"""The secrets of second factors, as text that is unreadable without our keys."""

import base64

from cadres.models.encrypted import key_of, newest_key, open_bytes, seal_bytes

PURPOSE = "second_factor"


def seal_secret(text: str) -> str:
    return base64.b64encode(seal_bytes(text.encode(), PURPOSE)).decode()


def open_secret(sealed: str) -> str:
    return open_bytes(base64.b64decode(sealed), PURPOSE).decode()


def is_under_old_key(sealed: str) -> bool:
    return key_of(base64.b64decode(sealed)) != newest_key()
