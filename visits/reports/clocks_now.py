"""The clocks of letters as their events, the rules and the calendar stand."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from cadres.models import NATIONAL, CalendarDay, District, Unit
from cadres.rules.working_days import WorkingCalendar
from visits.models import ClockRule, Letter
from visits.rules.clocks import Fact, LegalClock, Term, clocks_of
from visits.rules.letter_states import Step


class Calendars:
    """The working calendar of each place; each region is read once."""

    def __init__(self) -> None:
        local = CalendarDay.objects.exclude(region=NATIONAL)
        self._local = set(local.values_list("region", flat=True).distinct())
        self._known: dict[str, WorkingCalendar] = {}

    def of(self, place: District) -> WorkingCalendar:
        near = [it for it in self._local if place.code.startswith(it)]
        region = max(near, key=len, default=NATIONAL)
        if region not in self._known:
            self._known[region] = CalendarDay.objects.working_calendar(region)
        return self._known[region]


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
    events: Iterable[tuple[str, Any, Any]] | None = None,
) -> list[LegalClock]:
    """All of them, in the order they started; what is not given is read.

    `events` are step, day and record of each, in their order.
    """
    if events is None:
        events = letter.events.order_by("pk").values_list("step", "on", "record")
    facts = [Fact(step, on, record) for step, on, record in events]
    # Whoever registers a letter reads it, and notices what cannot wait; what was
    # noticed later stands in an event of its own.
    noticed = timezone.localdate(letter.registered_at)
    is_later = any(fact.step == Step.MARK_URGENT for fact in facts)
    return clocks_of(
        [
            # Corrected, the day of receipt is another than its event says.
            replace(fact, on=letter.received_on) if fact.step == Step.RECEIVE else fact
            for fact in facts
        ],
        category=letter.category,
        to_petition_office=letter.office.kind == Unit.Kind.PETITION,
        urgent_on=noticed if letter.is_urgent and not is_later else None,
        terms=terms_at(
            letter, ClockRule.objects.as_terms() if rules is None else rules
        ),
        calendar=calendar or CalendarDay.objects.working_calendar(letter.place.code),
    )
