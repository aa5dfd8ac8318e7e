"""What browsers report that our content security policy kept them from doing.

Anyone can send such a report: of each only what cannot carry anybody's data is read.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

DIRECTIVE = re.compile(
    "(default|script|style|img|font|connect|worker|manifest|media|object|frame|child)"
    "-src(-elem|-attr)?|form-action|base-uri|frame-ancestors"
)
OTHER = "other"
MOST = 10  # of one message
NEW = ("effectiveDirective", "blockedURL", "documentURL")
OLD = ("effective-directive", "blocked-uri", "document-uri")
WORD = re.compile("[a-z-]{1,30}")
HOST = re.compile("[a-z0-9.-]{1,80}")


@dataclass(frozen=True)
class Violation:
    """`blocked` is a host, or a word such as `inline`; `path` is without its query."""

    directive: str
    blocked: str
    path: str


def violations_in(text: bytes) -> list[Violation]:
    """Those of one message, as old and new browsers write them; none of what is not."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = []
    for report in message[:MOST] if isinstance(message, list) else [message]:
        if not isinstance(report, dict):
            continue
        is_new = report.get("type") == "csp-violation"
        told = report.get("body" if is_new else "csp-report")
        if isinstance(told, dict):
            found.append(_violation(told, NEW if is_new else OLD))
    return found


def _violation(told: dict[str, Any], names: tuple[str, ...]) -> Violation:
    directive, blocked, document = (str(told.get(it) or "")[:2000] for it in names)
    if not directive:
        directive = str(told.get("violated-directive") or "").partition(" ")[0]
    return Violation(
        directive if DIRECTIVE.fullmatch(directive) else OTHER,
        _host_or_word(blocked),
        _split(document)[1],
    )


def _host_or_word(blocked: str) -> str:
    if WORD.fullmatch(blocked):
        return blocked
    found, _path = _split(blocked)
    scheme, _sep, host = found.partition("://")
    if scheme in ("http", "https", "ws", "wss") and HOST.fullmatch(host):
        return found
    # An extension's address tells whose browser it is.
    return scheme if WORD.fullmatch(scheme) else OTHER


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname or ''}", parts.path
    except ValueError:
        return "", ""
