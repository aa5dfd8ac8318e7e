"""From when the briefing of a visit is there for all who may see the visit."""

from datetime import date, datetime, time, timedelta

OPENS_AT = time(18)  # of the day before


def opens_at(starts_on: date) -> datetime:
    """The evening before, by the office's clock (no time zone)."""
    return datetime.combine(starts_on - timedelta(days=1), OPENS_AT)


def briefed_until(now: datetime) -> date:
    """The last day whose briefings are open; `now` is local."""
    return now.date() + timedelta(days=1 if now.time() >= OPENS_AT else 0)
