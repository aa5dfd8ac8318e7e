"""Which page of this site someone speaks of: its path, nothing more."""

import re
from urllib.parse import urlsplit

MOST = 200
# A path as browsers send it: no space, no control character, no backslash.
PATH = re.compile(r"/(?!/)[!#-\[\]-~]*")


def page_path(address: str, host: str) -> str:
    """The path of an address on `host`, or of a bare path; empty for anything else.

    The query is left out: it may hold what somebody searched for.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.netloc:
        if parts.scheme not in ("http", "https") or parts.netloc != host:
            return ""
    elif parts.scheme:
        return ""
    path = parts.path
    return path if len(path) <= MOST and PATH.fullmatch(path) else ""
