from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
