from datetime import datetime

LEAST_MONTHS = 6  # Cybersecurity Law, Art. 23


def kept_since(now: datetime, *, months: int) -> datetime:
    """The first moment of the oldest month that is kept, in the zone of `now`.

    So at least `months` whole months are there, and months go as a whole.
    """
    count = now.year * 12 + now.month - 1 - months
    return now.replace(
        year=count // 12,
        month=count % 12 + 1,
        day=1,
        hour=0,
        minute=0,
        second=0,
        microsecond=0,
    )
