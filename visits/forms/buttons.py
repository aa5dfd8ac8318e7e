"""The small buttons of a sheet: they change the page and save nothing.

With JavaScript most of them act at once; without it the server does the same.
`add_team`: a row more · `drop_team=2`: that row out · `use_day=stops-0:2026-11-25` and
`use_window=stops-0:2026-11-25T09:00/2026-11-25T11:00`: another time for a stop ·
`restore`: show again what was typed before the sign-in expired.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict

MOST_ROWS = 20
ADD = re.compile(r"add_([a-z]+)")
DROP = re.compile(r"drop_([a-z]+)")
ROW = r"((?:stops|legs)-[0-9]{1,2})"
DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
CLOCK = "([0-9]{2}:[0-9]{2})"
USE_DAY = re.compile(f"{ROW}:{DAY}")
USE_WINDOW = re.compile(f"{ROW}:{DAY}T{CLOCK}/{DAY}T{CLOCK}")


def only_rebuilds(request: HttpRequest) -> bool:
    """Whether a button was pressed that changes the page and saves nothing."""
    return any(
        ADD.fullmatch(name)
        or DROP.fullmatch(name)
        or name in ("use_day", "use_window", "restore")
        for name in request.POST
    )


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted, with what its small buttons add to it; None if nothing was."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    for name in request.POST:
        if found := ADD.fullmatch(name):
            _add_row(data, found[1])
        elif found := DROP.fullmatch(name):
            _drop_row(data, found[1], data.get(name, ""))
    if found := USE_DAY.fullmatch(data.get("use_day", "")):
        _move_to(data, found[1], found[2])
    if found := USE_WINDOW.fullmatch(data.get("use_window", "")):
        row, first, starts, last, ends = found.groups()
        data[f"{row}-day"], data[f"{row}-starts"] = first, starts
        data[f"{row}-ends"], data[f"{row}-last_day"] = (
            ends,
            last if last != first else "",
        )
    return data


def _add_row(data: QueryDict, prefix: str) -> None:
    data[f"{prefix}-TOTAL_FORMS"] = str(min(row_count(data, prefix) + 1, MOST_ROWS))


def row_count(data: Mapping[str, Any], prefix: str) -> int:
    """How many rows a page sent, as far as it can be believed."""
    text = str(data.get(f"{prefix}-TOTAL_FORMS", ""))
    return min(int(text), MOST_ROWS) if re.fullmatch("[0-9]{1,4}", text) else 0


def _drop_row(data: QueryDict, prefix: str, row: str) -> None:
    if re.fullmatch("[0-9]{1,2}", row):
        data[f"{prefix}-{row}-DELETE"] = "on"


def _move_to(data: QueryDict, row: str, to: str) -> None:
    """Move a stop to another day, and keep how many days it lasts."""
    try:
        new = date.fromisoformat(to)
        day = date.fromisoformat(data.get(f"{row}-day", ""))
        last = data.get(f"{row}-last_day", "")
        if last:
            data[f"{row}-last_day"] = str(new + (date.fromisoformat(last) - day))
    except (ValueError, OverflowError):
        return
    data[f"{row}-day"] = str(new)
