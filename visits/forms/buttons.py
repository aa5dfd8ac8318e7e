"""The small buttons of a sheet: they change the page and save nothing.

Besides those for rows (`cadres.http.posted`): `use_day=stops-0:2026-11-25` and
`use_window=stops-0:2026-11-25T09:00/2026-11-25T11:00` move a stop to another time;
`restore` shows again what was typed before the sign-in expired.
"""

import re
from datetime import date

from django.http import HttpRequest, QueryDict

from cadres.http import changes_rows, posted

ROW = r"((?:stops|legs)-[0-9]{1,2})"
DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
CLOCK = "([0-9]{2}:[0-9]{2})"
USE_DAY = re.compile(f"{ROW}:{DAY}")
USE_WINDOW = re.compile(f"{ROW}:{DAY}T{CLOCK}/{DAY}T{CLOCK}")
BUTTONS = {"use_day", "use_window", "restore"}


def only_rebuilds(request: HttpRequest) -> bool:
    """Whether a button was pressed that changes the page and saves nothing."""
    return changes_rows(request) or not BUTTONS.isdisjoint(request.POST)


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted, with what its small buttons add to it; None if nothing was."""
    data = posted(request)
    if data is None:
        return None
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
