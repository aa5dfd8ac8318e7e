"""The legal clocks of one letter, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import CalendarDay, Setting
from cadres.rules.working_days import WorkingCalendar
from visits.models import ClockRule, Letter
from visits.reports.clocks_now import clocks_now, terms_at
from visits.rules import clock_words
from visits.rules.clocks import (
    CLOCKS,
    LegalClock,
    Term,
    longest_extension,
    next_due,
    open_window,
    runs_in,
    terms_in_force,
)
from visits.rules.letter_states import Clock

OWNERS: dict[str, str | Promise] = {
    "any": gettext_lazy("whoever notices it"),
    "office": gettext_lazy("petition office"),
    "unit": gettext_lazy("handling unit"),
    "petitioner": gettext_lazy("petitioner"),
    "reviewer": gettext_lazy("review office"),
}


@dataclass(frozen=True)
class ClockLine:
    """One clock in words and figures; `tone` is ok, soon, late or neutral."""

    clock: LegalClock
    day: int
    length: int
    left: str
    tone: str
    explanation: str

    @property
    def name(self) -> str | Promise:
        return self.clock.clock.label

    @property
    def article(self) -> str:
        return clock_words.article(self.clock)

    @property
    def owner(self) -> str | Promise:
        return OWNERS[CLOCKS[self.clock.clock].owner]

    @property
    def filled(self) -> int:
        """How much of it has passed, of 100: the bar."""
        if not self.length:
            return 100
        return min(100 * self.day // self.length, 100)

    @property
    def progress(self) -> str:
        """ "Day 58 of 60", in the unit in which the clock counts."""
        if not self.length:
            return clock_words.term(self.clock)
        if self.clock.is_working:
            text = _("Working day %(day)s of %(length)s")
        else:
            text = _("Day %(day)s of %(length)s")
        return text % {"day": self.day, "length": self.length}


@dataclass(frozen=True)
class Ahead:
    """A clock that has not started and may never: what to reckon with."""

    name: str
    term: str


@dataclass(frozen=True)
class LetterClocks:
    """`current` is the clock that presses most; None when none is running."""

    current: ClockLine | None
    lines: Sequence[ClockLine]
    ahead: Sequence[Ahead]


def letter_clocks(letter: Letter, *, on: date) -> LetterClocks:
    """All clocks of the letter as they stand on that day, in the order they started.

    The same few queries whatever the letter's history.
    """
    calendar = CalendarDay.objects.working_calendar(letter.place.code)
    rules = ClockRule.objects.as_terms()
    settings = Setting.objects.as_dict()
    found = clocks_now(letter, calendar=calendar, rules=rules)
    lines = [_line(it, on, calendar, settings) for it in found]
    pressing = (next_due(found) or open_window(found)) if letter.is_open else None
    current = next((it for it in lines if it.clock is pressing), None)
    terms = terms_at(letter, rules)
    return LetterClocks(
        current, lines, _ahead(letter, found, terms, on) if letter.is_open else []
    )


def _line(
    clock: LegalClock,
    on: date,
    calendar: WorkingCalendar,
    settings: dict[str, int],
) -> ClockLine:
    until = min(on, clock.stopped_on or on)
    if clock.is_working:
        day = calendar.workdays_between(clock.started_on, until)
        length = clock.days
    else:
        day, length = clock.day(on), clock.days + len(clock.left_out)
    return ClockLine(
        clock,
        day,
        length,
        clock_words.left(clock, on),
        _tone(clock, on, settings),
        clock_words.explain(clock, on),
    )


def _tone(clock: LegalClock, on: date, settings: dict[str, int]) -> str:
    """Red only when few days are left or it is past; a petitioner is never late."""
    if clock.stopped_on:
        return "late" if clock.stopped_on > clock.legal else "ok"
    if clock.is_petitioners:
        return "neutral"
    left = clock.left(on)
    if left <= settings["warn.yellow"]:
        return "late"
    return "soon" if left <= settings["warn.blue"] else "ok"


def _ahead(
    letter: Letter, found: Sequence[LegalClock], terms: Sequence[Term], on: date
) -> list[Ahead]:
    """Extension, review and re-review, as long as they may still come."""
    known = {it.clock for it in found}
    ahead = []
    if Clock.HANDLE in known and not known & {Clock.EXTENSION, Clock.ASK_REVIEW}:
        most = longest_extension(terms, on)
        text = ngettext("at most %(days)s day", "at most %(days)s days", most)
        name = _("Extension, approved by the head of the unit")
        ahead.append(Ahead(name, text % {"days": most}))
    if runs_in(Clock.REVIEW, letter.category) and letter.category:
        coming = [it for it in (Clock.REVIEW, Clock.REREVIEW) if it not in known]
        if coming:
            days = [_days(clock, terms, on) for clock in coming]
            ahead.append(
                Ahead(
                    " → ".join(str(clock.label) for clock in coming),
                    _("%(days)s days") % {"days": " + ".join(map(str, days))},
                )
            )
    return ahead


def _days(clock: Clock, terms: Sequence[Term], on: date) -> int:
    found = terms_in_force(terms, clock, on)
    return min((term.days for term in found), default=CLOCKS[clock].days)
