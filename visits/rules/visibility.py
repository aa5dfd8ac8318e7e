"""Until when an unannounced visit is hidden (handbook 4.3, 四不两直)."""

from datetime import datetime, timedelta

from visits.rules.visit_states import Mode


def hidden_until(mode: str, ends_at: datetime, delay_hours: int) -> datetime | None:
    """The moment from which others may know of the visit; None if it never hid."""
    if mode != Mode.UNANNOUNCED:
        return None
    return ends_at + timedelta(hours=delay_hours)
