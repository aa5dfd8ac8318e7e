"""The clocks of a letter, counted anew from its events."""

from collections.abc import Iterable

from cadres.rules.working_days import WorkingCalendar
from visits.models import ClockRule, Letter, LetterClock
from visits.reports.clocks_now import clocks_now
from visits.rules.clocks import LegalClock, next_due


def count_clocks(
    letter: Letter,
    *,
    calendar: WorkingCalendar | None = None,
    rules: Iterable[ClockRule] | None = None,
) -> list[LegalClock]:
    """Write the letter's clocks and what is due next; the letter's row is locked.

    Does not save the letter's other fields and leaves its version alone.
    """
    found = clocks_now(letter, calendar=calendar, rules=rules)
    letter.clocks.all().delete()
    LetterClock.objects.bulk_create(
        LetterClock(
            letter=letter,
            clock=it.clock,
            started_on=it.started_on,
            legal_on=it.legal,
            safe_on=it.safe,
            is_provisional=it.is_provisional,
            stopped_on=it.stopped_on,
        )
        for it in found
    )
    due = next_due(found) if letter.is_open else None
    letter.due_on = due.safe if due else None
    letter.due_legal_on = due.legal if due else None
    letter.due_clock = due.clock if due else ""
    letter.due_is_provisional = bool(due and due.is_provisional)
    letter.save(
        update_fields=["due_on", "due_legal_on", "due_clock", "due_is_provisional"]
    )
    return found
