"""HTML put together of texts: `format_html` takes ten times as long for each."""

import re
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

NONE = SafeString()
SPECIAL = re.compile("[&<>\"']").search


def html(form: str, *parts: str) -> SafeString:
    """As `format_html`: what is not safe is escaped."""
    safe = [
        escape(it) if SPECIAL(it) and not isinstance(it, SafeString) else it
        for it in parts
    ]
    return SafeString(form.format(*safe))


def joined(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(parts))
