"""Which part of a file a browser asks for (RFC 9110, 14)."""

import re


class Unsatisfiable(Exception):
    """The part asked for lies behind the end: the answer is 416."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, both included; None means the whole file.

    Several parts at once, other units and what is not understood get the whole.

    Raises:
        Unsatisfiable: the part begins behind the end.
    """
    asked = re.fullmatch(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", header)
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:
        length = int(asked[2])
        if length == 0:
            raise Unsatisfiable
        return max(0, size - length), size - 1
    first = int(asked[1])
    last = int(asked[2]) if asked[2] else size - 1
    if last < first and asked[2]:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, min(last, size - 1)
