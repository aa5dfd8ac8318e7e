"""The rules of each legal clock, with the one that holds on a day."""

from dataclasses import dataclass, field
from datetime import date

from visits.models import ClockRule
from visits.rules.clocks import CLOCKS
from visits.rules.letter_states import Clock


@dataclass
class RulesOfClock:
    clock: Clock
    article: str
    rules: list[ClockRule] = field(default_factory=list)


def rules_by_clock(*, on: date) -> list[RulesOfClock]:
    """All rules, the nation's first, newest first; one query.

    Each rule says with `standing` whether it is in force, past or ahead on that day.
    """
    found = {it: RulesOfClock(it, CLOCKS[it].article) for it in Clock}
    newest: set[tuple[str, int | None]] = set()
    rules = ClockRule.objects.select_related("jurisdiction").order_by(
        "jurisdiction__code", "-valid_from", "-pk"
    )
    for rule in sorted(rules, key=lambda it: it.jurisdiction_id is not None):
        place = (rule.clock, rule.jurisdiction_id)
        if rule.valid_from > on:
            rule.standing = "ahead"  # type: ignore[attr-defined]
        else:
            rule.standing = "past" if place in newest else "in_force"  # type: ignore[attr-defined]
            newest.add(place)
        found[Clock(rule.clock)].rules.append(rule)
    return [it for it in found.values() if it.rules]
