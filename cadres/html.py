"""HTML put together of texts: `format_html` takes ten times as long for each."""

import re
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

NONE = SafeString()
SPECIAL = re.compile("[&<>\"']").search


def html(form: str, *parts: object) -> SafeString:
    """As `format_html`: what is not safe is escaped."""
    return SafeString(form.format(*map(_safe, parts)))


def _safe(part: object) -> str:
    if isinstance(part, SafeString):
        return part
    text = str(part)
    return escape(text) if SPECIAL(text) else text


def joined(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(parts))
