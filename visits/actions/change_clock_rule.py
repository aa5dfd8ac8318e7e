"""Entering a rule of a legal clock; rules that stand are never rewritten."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from cadres.models import Account, District
from cadres.rules.levels import Level
from visits.models import ClockRule
from visits.rules.clocks import SET_AS
from visits.rules.letter_states import Clock

# Their length is not a rule: somebody sets their day, letter by letter.
FREE = tuple(SET_AS)


def clock_rule(
    *,
    by: Account,
    jurisdiction: District | None,
    clock: str,
    days: int,
    mode: str,
    valid_from: date,
    basis: str,
) -> ClockRule:
    """The rule as it would stand, checked but not saved: to show what it would move.

    Raises:
        ValidationError: keyed by argument; code `unique` if the clock has a rule there
            from that day on already, `elsewhere` for an area beyond one's own, `nation`
            for all areas when one administers no whole province.
    """
    if clock in FREE:
        text = _("This day is set with each letter.")
        raise ValidationError({"clock": ValidationError(text, code="free")})
    if not days and clock != Clock.URGENT:
        text = _("At least one day.")
        raise ValidationError({"days": ValidationError(text, code="too_short")})
    places = [it.place for it in by.scopes("visits.edit_clock_rules") if it.place]
    if jurisdiction is None and all(it.level > Level.PROVINCE for it in places):
        text = _("Only a province’s administrator enters a rule for the nation.")
        raise ValidationError({"jurisdiction": ValidationError(text, code="nation")})
    if jurisdiction and not any(it.contains(jurisdiction) for it in places):
        text = _("This area is not yours to make rules for.")
        raise ValidationError({"jurisdiction": ValidationError(text, code="elsewhere")})
    rule = ClockRule(
        jurisdiction=jurisdiction,
        clock=clock,
        days=days,
        mode=mode,
        valid_from=valid_from,
        basis=basis.strip(),
    )
    try:
        rule.full_clean()
    except ValidationError as error:
        # A constraint over several fields speaks of the day.
        if "__all__" in error.error_dict:
            error.error_dict["valid_from"] = error.error_dict.pop("__all__")
        raise
    return rule


@transaction.atomic
def change_clock_rule(*, by: Account, **about: object) -> ClockRule:
    """Enter a rule that holds from a day on, and have open letters counted anew.

    A clock that started before that day keeps the rule it started under. The counting
    is a job of the same transaction: it happens if and only if the rule stands, also
    after a kill.

    Raises:
        ValidationError: as `clock_rule`.
    """
    rule = clock_rule(by=by, **about)  # type: ignore[arg-type]
    rule.save()
    app.configure_task("visits.tasks.recount_rule", lock="recount").defer(rule=rule.pk)
    return rule


def recount_after_calendar(day: date) -> None:
    """Have the open letters that may hang on this day counted anew, as a job."""
    app.configure_task("visits.tasks.recount_day", lock="recount").defer(
        day=day.isoformat()
    )
