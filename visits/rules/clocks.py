"""Legal clocks, computed from what happened to a letter (domain handbook 7.3).

Nothing pauses a clock except the hearing in C12. A clock's length is the rule that held
in its area on the day it started; a later rule leaves it alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from cadres.rules.working_days import Due, WorkingCalendar
from visits.rules.letter_states import ONLY_ROUTE, ROW, Category, Clock, Step


@dataclass(frozen=True)
class About:
    """What the law says of a clock, whatever its length."""

    article: str
    owner: str  # office, unit, petitioner, reviewer; any: whoever notices
    days: int  # by national law
    is_working: bool = False


CLOCKS: dict[Clock, About] = {
    Clock.ROUTE: About("22", "office", 15),
    Clock.URGENT: About("22, 25", "any", 0),
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
    Clock.STAGE: About("–", "office", 0),
    Clock.STUDY: About("–", "unit", 0),
    Clock.OTHER_LAW: About("–", "unit", 0),
    Clock.CARRY_OUT: About("–", "unit", 0),
}
# An office's own targets, shown as such: no law sets them.
INTERNAL = {Clock.STAGE, Clock.STUDY, Clock.CARRY_OUT}
# Those that run to a day which somebody has set, and what it is recorded as.
SET_AS: dict[Clock, str] = {
    Clock.REPORT: "report_on",
    Clock.STAGE: "target_on",
    Clock.STUDY: "target_on",
    Clock.OTHER_LAW: "limit_on",
    Clock.CARRY_OUT: "carry_out_by",
}
PETITIONERS = [clock for clock, it in CLOCKS.items() if it.owner == "petitioner"]
HANDLING = {Clock.HANDLE, Clock.EXTENSION}
REVIEWING = {Clock.ASK_REVIEW, Clock.REVIEW, Clock.ASK_REREVIEW, Clock.REREVIEW}


def runs_in(clock: Clock, category: str) -> bool:
    """Whether a letter of this category knows the clock (handbook 7.2; 7.3, rule 6).

    Danger is reported at once whatever the track. A letter that nobody has sorted yet
    is not denied any clock.
    """
    if category in ONLY_ROUTE:
        return clock in (Clock.ROUTE, Clock.STAGE, Clock.URGENT)
    if category == Category.SUGGESTION:
        return clock not in HANDLING | REVIEWING | {Clock.OTHER_LAW}
    if category == Category.REQUEST_OTHER:
        return clock not in HANDLING | {Clock.STUDY}
    if category == Category.REQUEST:
        return clock not in (Clock.STUDY, Clock.OTHER_LAW)
    return True


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
    `left_out` are the hearing days that did not count; `law` names another law.
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
    left_out: tuple[date, ...] = ()
    law: str = ""

    @property
    def is_internal(self) -> bool:
        return self.clock in INTERNAL

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
        """Which day of the clock `on` is; the start day, and any before, is day 0.

        An extension starts with the end of the clock it extends, which may lie ahead.
        """
        return max((min(on, self.stopped_on or on) - self.started_on).days, 0)

    @property
    def length(self) -> int:
        """Calendar days from the start to the legal end."""
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
    walk = _Walk(category, to_petition_office, urgent_on, terms, calendar)
    for fact in facts:
        walk.see(fact)
    return walk.found


def longest_extension(terms: Sequence[Term], on: date) -> int:
    """The days that handling may be extended by in total, by the strictest rule."""
    by_law = Term(Clock.EXTENSION, CLOCKS[Clock.EXTENSION].days, False, on)
    found = terms_in_force(terms, Clock.EXTENSION, on)
    return min(term.days for term in (*found, by_law))


def terms_in_force(terms: Iterable[Term], clock: str, on: date) -> list[Term]:
    """The term in force on that day: the nation's, and that of each area."""
    newest: dict[int | None, Term] = {}
    for term in sorted(terms, key=lambda it: it.valid_from):
        if term.clock == clock and term.valid_from <= on:
            newest[term.area] = term
    return list(newest.values())


class _Walk:
    """Walks over the events of one letter and keeps the clocks found so far."""

    def __init__(
        self,
        category: str,
        to_petition_office: bool,
        urgent_on: date | None,
        terms: Sequence[Term],
        calendar: WorkingCalendar,
    ) -> None:
        self.category, self.to_petition_office = category, to_petition_office
        self.urgent_on, self.terms, self.calendar = urgent_on, terms, calendar
        self.found: list[LegalClock] = []

    def see(self, fact: Fact) -> None:
        if fact.step == Step.RECEIVE:
            self._receive(fact)
            return
        if fact.step == Step.PAUSE_FOR_HEARING:
            self._leave_out(_day(fact, "hearing_first"), _day(fact, "hearing_last"))
            return
        sealing = (Step.SORT, Step.FIND_ACCUSATION)
        if fact.step in sealing and self.category == Category.ACCUSATION:
            # Sealed, it is back with the office, whose time has run on.
            self._resume_route()
        move = ROW[Step(fact.step)]
        extended = self._running(Clock.HANDLE)
        # The office's own stage lies inside the time for routing.
        inside = (Clock.STAGE,) if Clock.ROUTE in move.stops else ()
        self._stop_all((*move.stops, *inside), fact)
        if fact.step == Step.AGREE:
            self._resume_route()
            return
        for clock in move.starts:
            if runs_in(clock, self.category):
                self._start_by(clock, fact, extended)

    def _receive(self, fact: Fact) -> None:
        first = Clock.ROUTE if self.to_petition_office else Clock.NOTICE
        if runs_in(first, self.category):
            self._start(first, fact, fact.on)
        if fact.record.get("target_on"):
            self._start_until(Clock.STAGE, fact)
        if self.urgent_on:
            self._start(Clock.URGENT, fact, self.urgent_on)

    def _start_by(self, clock: Clock, fact: Fact, extended: LegalClock | None) -> None:
        record = fact.record
        if clock in PETITIONERS:
            # Only a proven delivery starts the petitioner's window, and starts it once.
            if record.get("received_on") and self._awaits(clock, fact):
                self._start(clock, fact, _day(fact, "received_on"))
        elif clock == Clock.HANDLE:
            self._start(clock, fact, _day(fact, "accepted_on"))
        elif clock == Clock.EXTENSION:
            if extended:
                days = int(record["days"])
                self._start_for(clock, fact, extended.legal, days)
        elif clock in SET_AS:
            if record.get(SET_AS[clock]):
                self._start_until(clock, fact)
        elif clock in (Clock.REVIEW, Clock.REREVIEW):
            self._start(clock, fact, _day(fact, "requested_on"))
        elif clock == Clock.URGENT and self._running(clock):
            return
        else:
            self._start(clock, fact, fact.on)

    def _start(self, clock: Clock, fact: Fact, on: date) -> None:
        """By the strictest rule for an organ, by the most generous for a petitioner."""
        terms = terms_in_force(self.terms, clock, on)
        if all(term.area is not None for term in terms):
            about = CLOCKS[clock]
            terms.append(Term(clock, about.days, about.is_working, on))
        choices = [(self._counted(term, on), term) for term in terms]
        sign = -1 if clock in PETITIONERS else 1
        # Where two rules end on one day, the nation's is the one that is named.
        due, term = min(
            choices,
            key=lambda it: (sign * it[0].legal.toordinal(), it[1].area or 0),
        )
        self._add(clock, fact, on, term, due)

    def _start_until(self, clock: Clock, fact: Fact) -> None:
        """A clock whose last day somebody has set."""
        days = (_day(fact, SET_AS[clock]) - fact.on).days
        self._start_for(clock, fact, fact.on, max(days, 0))

    def _start_for(self, clock: Clock, fact: Fact, on: date, days: int) -> None:
        """A clock whose days somebody has set."""
        term = Term(clock, days, is_working=False, valid_from=on)
        self._add(clock, fact, on, term, self._counted(term, on))

    def _add(self, clock: Clock, fact: Fact, on: date, term: Term, due: Due) -> None:
        legal, safe = _ends(clock, on, due)
        law = fact.record.get("limit_law", "") if clock == Clock.OTHER_LAW else ""
        self.found.append(
            LegalClock(
                clock,
                fact.step,
                on,
                term.days,
                term.is_working,
                term.area is not None,
                due,
                legal,
                safe,
                law=law,
            )
        )

    def _counted(self, term: Term, on: date, more: int = 0) -> Due:
        days = term.days + more
        if term.is_working and days:
            return self.calendar.after_workdays(on, days)
        return self.calendar.after_days(on, days)

    def _running(self, clock: Clock) -> LegalClock | None:
        return next(
            (it for it in self.found if it.clock == clock and it.is_running), None
        )

    def _awaits(self, clock: Clock, fact: Fact) -> bool:
        """Whether this window is the next to open, and has not opened yet."""
        known = {it.clock for it in self.found}
        reviewed = Clock.REVIEW in known or fact.step == Step.REVIEW
        return clock not in known and reviewed == (clock == Clock.ASK_REREVIEW)

    def _stop_all(self, clocks: Iterable[Clock], fact: Fact) -> None:
        # A window ends with the request, not with the day somebody records it.
        on = _day(fact, "requested_on") if "requested_on" in fact.record else fact.on
        self.found = [
            replace(it, stopped_on=max(on, it.started_on), stop_step=fact.step)
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
        hearing = {
            first + timedelta(days=days) for days in range((last - first).days + 1)
        }.union(running.left_out)
        term = Term(running.clock, running.days, running.is_working, first)
        out: list[date] = []
        while True:
            due = self._counted(term, running.started_on, len(out))
            inside = sorted(
                day
                for day in hearing
                if running.started_on < day <= due.legal
                and (not running.is_working or self.calendar.is_workday(day))
            )
            if inside == out:
                break
            out = inside
        legal, safe = _ends(running.clock, running.started_on, due)
        at = self.found.index(running)
        self.found[at] = replace(
            running, due=due, legal=legal, safe=safe, left_out=tuple(out)
        )


def _ends(clock: Clock, on: date, due: Due) -> tuple[date, date]:
    """The legal and the safe day; an office cannot act before the clock has started."""
    if clock in PETITIONERS:
        return due.rolled, due.rolled
    return due.legal, max(due.safe, min(on, due.legal))


def next_due(clocks: Iterable[LegalClock]) -> LegalClock | None:
    """The running clock of an organ that ends first: what a list sorts by.

    To object is a right of the unit, not its duty: nobody is late who let it pass.
    """
    running = [
        it
        for it in clocks
        if it.is_running and not it.is_petitioners and it.clock != Clock.OBJECT
    ]
    return min(running, key=lambda it: (it.safe, it.clock), default=None)


def open_window(clocks: Iterable[LegalClock]) -> LegalClock | None:
    """The petitioner's window that is open, if one is."""
    return next((it for it in clocks if it.is_running and it.is_petitioners), None)


def _day(fact: Fact, name: str) -> date:
    value = fact.record[name]
    return value if isinstance(value, date) else date.fromisoformat(value)
