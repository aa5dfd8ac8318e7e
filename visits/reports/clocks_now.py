"""The clocks of a letter as its events, the rules and the calendar stand."""

from collections.abc import Iterable

from django.utils import timezone

from cadres.models import CalendarDay, Unit
from cadres.rules.working_days import WorkingCalendar
from visits.models import ClockRule, Letter
from visits.rules.clocks import Fact, LegalClock, Term, clocks_of


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
    """All of them, in the order they started; rules and calendar read if not given."""
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
