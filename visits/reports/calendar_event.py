"""One event of a calendar file (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta

import icalendar

HOST = "four-grassroots"
MOST = 2000  # of each kind: more than a person's year has


def event_of(name: str, changed_at: datetime, version: int) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{name}@{HOST}")
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", version)
    return event


def set_whole_day(event: icalendar.Event, day: date) -> None:
    """All that day, without taking time in it."""
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
