"""How a line of the log looks: one line, with the request's id, and nobody's data.

Of an exception it keeps where and of which kind. What an exception *says* is kept only
for kinds whose words are our own: others repeat what was typed or what a row holds
(“Key (name)=(…) already exists”), and no line shows the values of variables.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

import django.core.exceptions
from django.db import OperationalError

request_id: ContextVar[str] = ContextVar("request_id", default="")

SAFE_TO_QUOTE = (
    ArithmeticError,
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    RecursionError,
    django.core.exceptions.ImproperlyConfigured,
)
# Line breaks of any kind, other control characters, and what turns text around.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
FRAMES = 40
CHAIN = 4
_exc_info = tuple[type[BaseException], BaseException, TracebackType | None]


def on_one_line(text: str) -> str:
    return UNPRINTABLE.sub(lambda it: f"\\u{ord(it[0]):04x}", text)


def told(error: BaseException | None) -> str:
    """Kind and place of an exception and of what caused it, innermost frame last."""
    parts: list[str] = []
    while error is not None and len(parts) < CHAIN:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = " > ".join(
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames
        )
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        parts.append(f"{kind}{_words(error)} at {places or 'nowhere'}")
        error = error.__cause__ or error.__context__
    return " | caused by ".join(parts)


def _words(error: BaseException) -> str:
    if isinstance(error, SAFE_TO_QUOTE):
        return f": {error}"
    if isinstance(error, OperationalError) and not error.args:
        return ""
    if isinstance(error, OSError) and error.strerror:
        return f": {error.strerror}"
    code = getattr(error, "sqlstate", None)
    if code:
        name = getattr(getattr(error, "diag", None), "constraint_name", None)
        return f": SQLSTATE {code}" + (f", {name}" if name else "")
    return ""


class Lines(logging.Formatter):
    """For a person who reads along."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        found = request_id.get()
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += f" | {told(record.exc_info[1])}"
        about = "".join(f" {k}={v}" for k, v in _figures(record).items())
        where = f" [{found}]" if found else ""
        return on_one_line(
            f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}{where} {text}"
            f"{about}"
        )


class JsonLines(logging.Formatter):
    """For a collector of logs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if found := request_id.get():
            line["request"] = found
        line |= _figures(record)
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1])
        return on_one_line(json.dumps(line, ensure_ascii=False, default=str))


def _figures(record: logging.LogRecord) -> dict[str, object]:
    """What a line of ours says in figures: `log.info(…, extra={"figures": {…}})`."""
    figures: dict[str, object] = getattr(record, "figures", {})
    return figures
