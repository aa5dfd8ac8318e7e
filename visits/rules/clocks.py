"""Legal clocks, computed from what happened to a letter (domain handbook 7.3).

Nothing pauses a clock except the hearing in C12. A clock's length is the rule that held
in its area on the day it started; a later rule leaves it alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cadres.rules.working_days import Due, WorkingCalendar
from visits.rules.letter_states import ONLY_ROUTE, ROW, Category, Clock, Step


@dataclass(frozen=True)
class About:
    """What the law says of a clock, whatever its length."""

    article: str
    owner: str  # office, unit, head, petitioner, reviewer
    days: int  # by national law
    is_working: bool = False


CLOCKS: dict[Clock, About] = {
    Clock.ROUTE: About("22", "office", 15),
    Clock.URGENT: About("22, 25", "office", 0),
    Clock.NOTICE: About("23(2)", "unit", 15),
    Clock.NOTICE_FORWARDED: About("23(3)", "unit", 15),
    Clock.OBJECT: About("23(3)", "unit", 5, is_working=True),
    Clock.REPORT: About("22", "unit", 0),
    Clock.HANDLE: About("34", "unit", 60),
    Clock.EXTENSION: About("34", "unit", 30),
    Clock.ASK_REVIEW: About("35", "petitioner", 30),
    Clock.REVIEW: About("35", "reviewer", 30),
    Clock.ASK_REREVIEW: About("36", "petitioner", 30),
    Clock.REREVIEW: About("36", "reviewer", 30),
}
PETITIONERS = [clock for clock, it in CLOCKS.items() if it.owner == "petitioner"]


@dataclass(frozen=True)
class Term:
    """How long a clock runs in an area (None: the nation) from a day on."""

    clock: str
    days: int
    is_working: bool
    valid_from: date
    area: int | None = None


@dataclass(frozen=True)
class Fact:
    """An event as clocks see it: what, on which day, and what was recorded."""

    step: str
    on: date
    record: Mapping[str, Any]


@dataclass(frozen=True)
class LegalClock:
    """One clock of a letter: by law it ends on `legal`, an office acts by `safe`.

    A petitioner's own window ends on its `legal` day, rolled on to a working day.
    """

    clock: Clock
    start_step: str
    started_on: date
    days: int
    is_working: bool
    is_local: bool
    due: Due
    legal: date
    safe: date
    stop_step: str = ""
    stopped_on: date | None = None

    @property
    def is_running(self) -> bool:
        return self.stopped_on is None

    @property
    def is_petitioners(self) -> bool:
        return self.clock in PETITIONERS

    @property
    def article(self) -> str:
        return CLOCKS[self.clock].article

    @property
    def is_provisional(self) -> bool:
        return self.due.provisional

    def day(self, on: date) -> int:
        """Which day of the clock `on` is; the start day is day 0."""
        return (min(on, self.stopped_on or on) - self.started_on).days

    @property
    def length(self) -> int:
        return (self.legal - self.started_on).days

    def left(self, on: date) -> int:
        """Days from `on` to the day by which the owner acts; negative when late."""
        return (self.safe - on).days


def clocks_of(
    facts: Iterable[Fact],
    *,
    category: str,
    to_petition_office: bool,
    urgent_on: date | None,
    terms: Sequence[Term],
    calendar: WorkingCalendar,
) -> list[LegalClock]:
    """All clocks of a letter, in the order they started.

    `terms` are those of its area and of the nation; `urgent_on` is the day on which
    urgency was noticed.
    """
    walk = _Walk(category, terms, calendar)
    for fact in facts:
        walk.see(fact, to_petition_office=to_petition_office)
        if fact.step == Step.RECEIVE and urgent_on:
            walk.start(Clock.URGENT, fact.step, urgent_on)
    return walk.found


class _Walk:
    """Walks over the events of one letter and keeps the clocks found so far."""

    def __init__(
        self, category: str, terms: Sequence[Term], calendar: WorkingCalendar
    ) -> None:
        self.category, self.terms, self.calendar = category, terms, calendar
        self.found: list[LegalClock] = []

    def see(self, fact: Fact, *, to_petition_office: bool) -> None:
        record = fact.record
        if fact.step == Step.RECEIVE:
            first = Clock.ROUTE if to_petition_office else Clock.NOTICE
            self.start(first, fact.step, fact.on)
            return
        if fact.step == Step.AGREE:
            self._stop_all(ROW[Step.AGREE].stops, fact)
            self._resume_route()
            return
        if fact.step == Step.PAUSE_FOR_HEARING:
            self._leave_out(_day(record["hearing_first"]), _day(record["hearing_last"]))
            return
        move = ROW[Step(fact.step)]
        handle = self._running(Clock.HANDLE)
        self._stop_all(move.stops, fact)
        for clock in move.starts:
            self._start_by(clock, fact, handle)

    def _start_by(self, clock: Clock, fact: Fact, handle: LegalClock | None) -> None:
        record = fact.record
        if clock in PETITIONERS:
            # Only a proven delivery starts the petitioner's window, and starts it once.
            answered = {Step.ANSWER, Step.REVIEW}
            fits = fact.step in answered or self._awaits(clock)
            if record.get("received_on") and fits:
                self.start(clock, fact.step, _day(record["received_on"]))
        elif clock == Clock.HANDLE:
            if self.category == Category.REQUEST:
                self.start(clock, fact.step, _day(record["accepted_on"]))
        elif clock == Clock.EXTENSION:
            if handle:
                self._extend(handle, int(record["days"]), fact)
        elif clock == Clock.REPORT:
            self._report_by(_day(record["report_on"]), fact)
        elif clock in (Clock.REVIEW, Clock.REREVIEW):
            self.start(clock, fact.step, _day(record["requested_on"]))
        elif clock == Clock.URGENT:
            if not self._running(clock):
                self.start(clock, fact.step, fact.on)
        elif self.category not in ONLY_ROUTE:
            self.start(clock, fact.step, fact.on)
        if (
            fact.step == Step.DECIDE
            and record.get("report_on")
            and clock == Clock.OBJECT
        ):
            self._report_by(_day(record["report_on"]), fact)

    def start(self, clock: Clock, step: str, on: date) -> None:
        if self.category in ONLY_ROUTE and clock == Clock.NOTICE:
            return
        choices = [self._counted(term, on) for term in self._terms_of(clock, on)]
        by_law = self._counted_by_law(clock, on)
        wanted = max if clock in PETITIONERS else min
        term, due = wanted(choices or [by_law], key=lambda it: it[1].legal)
        self._add(clock, step, on, term, due)

    def _add(self, clock: Clock, step: str, on: date, term: Term, due: Due) -> None:
        rolled = clock in PETITIONERS
        legal = due.rolled if rolled else due.legal
        self.found.append(
            LegalClock(
                clock,
                step,
                on,
                term.days,
                term.is_working,
                term.area is not None,
                due,
                legal,
                # An office cannot act before the clock has started.
                legal if rolled else max(due.safe, min(on, legal)),
            )
        )

    def _terms_of(self, clock: Clock, on: date) -> list[Term]:
        """The term in force on that day, of the nation and of each area."""
        newest: dict[int | None, Term] = {}
        for term in sorted(self.terms, key=lambda it: it.valid_from):
            if term.clock == clock and term.valid_from <= on:
                newest[term.area] = term
        return list(newest.values())

    def _counted_by_law(self, clock: Clock, on: date) -> tuple[Term, Due]:
        about = CLOCKS[clock]
        return self._counted(Term(clock, about.days, about.is_working, on), on)

    def _counted(self, term: Term, on: date) -> tuple[Term, Due]:
        if term.is_working and term.days:
            return term, self.calendar.after_workdays(on, term.days)
        return term, self.calendar.after_days(on, term.days)

    def _report_by(self, day: date, fact: Fact) -> None:
        days = max((day - fact.on).days, 0)
        term = Term(Clock.REPORT, days, is_working=False, valid_from=fact.on)
        due = self.calendar.after_days(fact.on, days)
        self._add(Clock.REPORT, fact.step, fact.on, term, due)

    def _extend(self, handle: LegalClock, days: int, fact: Fact) -> None:
        term = Term(Clock.EXTENSION, days, is_working=False, valid_from=fact.on)
        due = self.calendar.after_days(handle.legal, days)
        self._add(Clock.EXTENSION, fact.step, handle.legal, term, due)

    def _running(self, clock: Clock) -> LegalClock | None:
        return next(
            (it for it in self.found if it.clock == clock and it.is_running), None
        )

    def _awaits(self, clock: Clock) -> bool:
        """Whether this window is the next to open, and has not opened yet."""
        known = [it.clock for it in self.found]
        reviewed = Clock.REVIEW in known
        return clock not in known and reviewed == (clock == Clock.ASK_REREVIEW)

    def _stop_all(self, clocks: Iterable[Clock], fact: Fact) -> None:
        self.found = [
            replace(it, stopped_on=fact.on, stop_step=fact.step)
            if it.clock in clocks and it.is_running
            else it
            for it in self.found
        ]

    def _resume_route(self) -> None:
        """C1 keeps its first start date, which protects the petitioner (7.4)."""
        self.found = [
            replace(it, stopped_on=None, stop_step="")
            if it.clock in (Clock.ROUTE, Clock.NOTICE)
            else it
            for it in self.found
        ]

    def _leave_out(self, first: date, last: date) -> None:
        """Hearing time does not count in C12, and in no other clock."""
        running = self._running(Clock.REREVIEW)
        if not running:
            return
        days = running.days + (last - first).days + 1
        due = self.calendar.after_days(running.started_on, days)
        at = self.found.index(running)
        self.found[at] = replace(
            running,
            days=days,
            due=due,
            legal=due.legal,
            safe=max(due.safe, running.started_on),
        )


def next_due(clocks: Iterable[LegalClock]) -> LegalClock | None:
    """The running clock of an organ that ends first: what a list sorts by."""
    running = [it for it in clocks if it.is_running and not it.is_petitioners]
    return min(running, key=lambda it: (it.safe, it.clock), default=None)


def open_window(clocks: Iterable[LegalClock]) -> LegalClock | None:
    """The petitioner's window that is open, if one is."""
    return next((it for it in clocks if it.is_running and it.is_petitioners), None)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
