"""When who wrote is masked (handbook 14): some months after a letter has ended."""

from datetime import date

from cadres.rules.months import months_later


def masked_on(ended_on: date, *, months: int) -> date:
    """The first day on which it may be masked."""
    return months_later(ended_on, months)


def ended_by(day: date, *, months: int) -> date:
    """Letters that ended on this day, or before it, may be masked by `day`."""
    return months_later(day, -months)
