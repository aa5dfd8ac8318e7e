from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from visits.models import ClockRule
from visits.reports.clock_moves import Moved, count_moves, touched_by_day
from visits.reports.clocks_now import Calendars


def moved_if(change: Callable[[], Any], day: date) -> list[Moved]:
    """Which legal dates would move if `change` were made to the calendar on that day.

    The change is made in a transaction that is then undone: what is counted is what
    would be.

    Raises:
        ValidationError: what `change` refuses.
    """
    with transaction.atomic():
        change()
        moved = count_moves(
            touched_by_day(day), ClockRule.objects.as_terms(), Calendars()
        )
        transaction.set_rollback(True)
    return moved
