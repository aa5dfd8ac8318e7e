"""The clocks of a letter, counted anew from its events."""

from collections.abc import Iterable

from django.utils import timezone

from cadres.models import CalendarDay, Unit
from cadres.rules.working_days import WorkingCalendar
from visits.models import ClockRule, Letter, LetterClock
from visits.rules.clocks import Fact, LegalClock, Term, clocks_of, next_due


def terms_at(letter: Letter, rules: Iterable[ClockRule]) -> list[Term]:
    """The rules that hold where the letter is: the nation's and those of its area."""
    above = {
        letter.province_id,
        letter.prefecture_id,
        letter.county_id,
        letter.township_id,
        letter.village_id,
    }
    return [
        Term(
            rule.clock,
            rule.days,
            rule.mode == ClockRule.Mode.WORKING,
            rule.valid_from,
            rule.jurisdiction_id,
        )
        for rule in rules
        if rule.jurisdiction_id is None or rule.jurisdiction_id in above
    ]


def clocks_now(
    letter: Letter,
    *,
    calendar: WorkingCalendar | None = None,
    rules: Iterable[ClockRule] | None = None,
) -> list[LegalClock]:
    """The clocks of a letter as its events, rules and calendar stand."""
    facts = [
        Fact(step, on, record)
        for step, on, record in letter.events.order_by("pk").values_list(
            "step", "on", "record"
        )
    ]
    # Whoever registers a letter reads it, and notices what cannot wait.
    noticed = timezone.localdate(letter.registered_at)
    return clocks_of(
        facts,
        category=letter.category,
        to_petition_office=letter.office.kind == Unit.Kind.PETITION,
        urgent_on=noticed if letter.is_urgent else None,
        terms=terms_at(
            letter, ClockRule.objects.as_terms() if rules is None else rules
        ),
        calendar=calendar or CalendarDay.objects.working_calendar(letter.place.code),
    )


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
