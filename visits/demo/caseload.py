"""From paths to rows: letters as `register_letter` and `move_letter` leave them.

These actions take a transaction for each step; for fifteen hundred letters that would
take minutes. The same table of steps and the same rules of clocks work here, the
database's constraints judge the result, and the tests walk some of it through the
actions and compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from cadres.models import Account, CalendarDay, District, Unit
from cadres.rules.working_days import WorkingCalendar
from visits.demo.calendar import moment
from visits.demo.desks import Desks
from visits.demo.letter_paths import Leg, Path
from visits.demo.letter_records import Matter, Moment, record_of
from visits.demo.size import Size
from visits.models import (
    ClockRule,
    ContentSubject,
    Letter,
    LetterClock,
    LetterDraft,
    LetterEvent,
    Petitioner,
)
from visits.models.receipt import hash_of, new_code
from visits.models.visit import ALPHABET
from visits.reports.clocks_now import terms_at
from visits.rules.clocks import Fact, LegalClock, clocks_of, next_due
from visits.rules.letter_records import to_json
from visits.rules.letter_states import (
    Actor,
    Clock,
    LetterState,
    Step,
    steps_from,
    target_of,
)

BATCH = 2000
ANY = 999  # days ahead
FINAL = {
    LetterState.ENDED,
    LetterState.CLOSED,
    LetterState.NOT_ACCEPTED,
    LetterState.GUIDED,
}
# Who takes a step, where the table leaves a choice and the first is not the usual one.
ACTED_AS = {Step.NAME_UNIT: Actor.OFFICE}
DRAFTED = (Step.ANSWER, Step.REPLY, Step.EXTEND)


class Unsuitable(Exception):
    """These days do not fit together; others may."""


@dataclass
class Case:
    """A letter of the demo with all its rows."""

    letter: Letter
    matter: Matter
    people: list[Petitioner] = field(default_factory=list)
    events: list[LetterEvent] = field(default_factory=list)
    drafts: list[LetterDraft] = field(default_factory=list)
    clocks: list[LegalClock] = field(default_factory=list)

    def last(self, step: Step) -> LetterEvent | None:
        return next((it for it in reversed(self.events) if it.step == step), None)


@dataclass(frozen=True)
class When:
    """When it happened: from `received_on` on, or so that it ended `age` days ago.

    `due` are the days from today in which the next legal date must lie, if there is
    one; both are included.
    """

    age: tuple[int, int] = (0, 0)
    received_on: date | None = None
    due: tuple[int, int] = (0, ANY)


class Caseload:
    def __init__(
        self, rng: Random, desks: Desks, *, now: datetime, today: date, size: Size
    ) -> None:
        self.rng = rng
        self.size = size
        self.desks = desks
        self.now = now
        self.today = today
        self.calendar: WorkingCalendar = CalendarDay.objects.working_calendar()
        self.rules = ClockRule.objects.as_terms()
        self.subjects = {it.name: it for it in ContentSubject.objects.all()}
        self.cases: list[Case] = []
        self._references: set[str] = set()

    def uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def reference(self) -> str:
        while True:
            new = "".join(self.rng.choices(ALPHABET, k=8))
            if new not in self._references:
                self._references.add(new)
                return new

    def tell(
        self,
        path: Path,
        when: When,
        matter: Matter,
        *,
        office: Unit,
        place: District,
        request: str,
        facts: str,
        reference: str = "",
        code: str = "",
        handler: Account | None = None,
        **fields: Any,
    ) -> Case:
        """Put one letter on its way; days are drawn until they fit the law.

        Raises:
            Unsuitable: no such days were found.
        """
        reference = reference or self.reference()
        for _attempt in range(60):
            try:
                received_on, registered_on, days = self._days(path.legs, when)
                letter = Letter(
                    reference=reference,
                    seal_id=self.uuid(),
                    client_key=self.uuid(),
                    office=office,
                    registered_by=self.desks.clerk(office),
                    received_on=received_on,
                    registered_at=self._at(registered_on, None),
                    request=request,
                    facts=facts,
                    search_text=f"{request}\n{facts}",
                    category="" if path.is_sorted_late else path.category,
                    subject=self.subjects[matter.concern.subject],
                    is_urgent=path.is_urgent,
                    code_hash=hash_of(reference, code or new_code()),
                    **fields,
                )
                letter.settle_at(place)
                case = Case(letter, matter)
                is_supervised = path.state == LetterState.SUPERVISED
                matter.outcome = Letter.Outcome.SUPPORTED if is_supervised else ""
                self._walk(case, path, days, handler)
                self._count(case)
                self._judge(case, when)
            except Unsuitable:
                continue
            self.cases.append(case)
            return case
        raise Unsuitable(f"{path.state} {path.category} {when}")

    # --- Days -----------------------------------------------------------------------

    def _days(self, legs: Sequence[Leg], when: When) -> tuple[date, date, list[date]]:
        """The day it came, the day it was registered, and the day of each step."""
        rng, gaps = self.rng, [self.rng.randint(it.least, it.most) for it in legs]
        ended = self.today - timedelta(days=1 + rng.randint(*when.age))
        received = when.received_on or ended - timedelta(days=sum(gaps))
        day = registered = self.calendar.workday_from(received)
        days = []
        for gap in gaps:
            day = self.calendar.workday_from(day + timedelta(days=gap))
            days.append(day)
        longest = timedelta(days=self.size.days_back)
        if day >= self.today or received < self.today - longest:
            raise Unsuitable
        return received, registered, days

    def _at(self, day: date, after: datetime | None) -> datetime:
        """A moment in office hours; on the same day, a little later than `after`."""
        rng = self.rng
        at = moment(day, rng.randint(8, 11), rng.randint(0, 59))
        if after and at <= after:
            return after + timedelta(minutes=rng.randint(6, 45))
        return at

    def _judge(self, case: Case, when: When) -> None:
        """Refuse days that miss a limit, or the wish for the next one."""
        closed = case.last(Step.CLOSE)
        for clock in case.clocks:
            stopped = clock.stopped_on
            if clock.is_petitioners:
                ended = closed if clock.stop_step == Step.CLOSE else None
                if ended and clock.legal >= ended.on:
                    raise Unsuitable
            elif stopped and stopped > clock.legal and not self._may_be_late(clock):
                raise Unsuitable
        due, (least, most) = case.letter.due_on, when.due
        if due is None:
            if most != ANY:
                raise Unsuitable
        elif not least <= (due - self.today).days <= most:
            raise Unsuitable

    def _may_be_late(self, clock: LegalClock) -> bool:
        """Now and then an opinion was; no other limit of an organ was missed."""
        if clock.clock == Clock.HANDLE and clock.stop_step != Step.EXTEND:
            return self.rng.random() < 0.3
        return clock.clock == Clock.OBJECT and clock.stop_step != Step.OBJECT

    # --- Steps ----------------------------------------------------------------------

    def _walk(
        self, case: Case, path: Path, days: list[date], handler: Account | None
    ) -> None:
        letter = case.letter
        self._event(case, Step.RECEIVE, "", letter.registered_at, Actor.CLERK, {})
        case.events[0].on = letter.received_on
        reported_on = next(
            (
                day
                for leg, day in zip(path.legs, days, strict=True)
                if leg.step == Step.REPORT_BACK
            ),
            None,
        )
        report_on = (
            reported_on + timedelta(days=self.rng.randint(2, 12))
            if reported_on
            else self.today + timedelta(days=self.rng.randint(6, 40))
        )
        at = letter.registered_at
        for leg, day in zip(path.legs, days, strict=True):
            at = self._at(day, at)
            to_unit = self._to_unit(case, leg.step, path)
            record = record_of(
                self.rng,
                leg.step,
                case.matter,
                path.category,
                Moment(day, report_on),
                to_unit=to_unit,
                handler=handler or self.desks.handler(letter.unit or case.matter.unit),
            )
            self._take(case, leg.step, at, record)

    def _to_unit(self, case: Case, step: Step, path: Path) -> Unit | None:
        desks, letter, right = self.desks, case.letter, case.matter.unit
        match step:
            case Step.FORWARD if path.has(Step.AGREE) and not case.last(Step.AGREE):
                return desks.mistaken(right)
            case Step.FORWARD | Step.ASSIGN | Step.DECIDE | Step.NAME_UNIT:
                return right
            case Step.ASK_REVIEW | Step.ASK_REREVIEW:
                above = desks.above(letter.review_unit or right)
                if above is None:
                    raise Unsuitable
                return above
        return None

    def _take(
        self, case: Case, step: Step, at: datetime, record: dict[str, Any]
    ) -> None:
        """One step, with what it changes on the letter (see `move_letter`)."""
        letter, came_from = case.letter, case.letter.state
        move = next(
            it for it in steps_from(came_from, letter.category) if it.step == step
        )
        objected = case.last(Step.OBJECT)
        letter.state = target_of(
            move,
            current=came_from,
            came_from=objected.from_state if objected else "",
            is_assigned=bool(record.get("report_on")),
        )
        unit = record.get("to_unit")
        if step in (Step.ASK_REVIEW, Step.ASK_REREVIEW):
            letter.review_unit = unit
        elif unit is not None:
            letter.unit, letter.handler = unit, None
        match step:
            case Step.AGREE:
                letter.unit = letter.handler = None
            case Step.NAME_HANDLER:
                letter.handler = record["handler"]
            case Step.SORT:
                letter.category = record["category"]
            case Step.ACCEPT:
                letter.accepted_on = record["accepted_on"]
            case Step.ANSWER | Step.REPLY:
                letter.outcome = record.get("outcome") or record["adopted"]
            case Step.ARCHIVE:
                letter.retention = record["retention"]
        if step in (Step.ANSWER, Step.REPLY, Step.REVIEW, Step.REREVIEW):
            said = [record.get(name) or "" for name in ("opinion", "reasons")]
            letter.search_text = "\n".join([letter.search_text, *filter(None, said)])
        if letter.state in FINAL and letter.ended_on is None:
            letter.ended_on, letter.help_wanted = at.date(), ""
        letter.version += 1
        event = self._event(
            case, step, came_from, at, ACTED_AS.get(step, move.by[0]), record
        )
        if step in DRAFTED and self.rng.random() < 0.7:
            self._draft(case, event)

    def _event(
        self,
        case: Case,
        step: Step,
        came_from: str,
        at: datetime,
        acted_as: Actor,
        record: dict[str, Any],
    ) -> LetterEvent:
        letter = case.letter
        by, unit = self._who(letter, acted_as)
        event = LetterEvent(
            letter=letter,
            step=step,
            from_state=came_from,
            to_state=letter.state,
            on=at.date(),
            at=at,
            by=by,
            acted_as=acted_as,
            unit=unit,
            to_unit=record.get("to_unit"),
            handler=record.get("handler"),
            record=to_json(record),
        )
        case.events.append(event)
        return event

    def _who(self, letter: Letter, acted_as: Actor) -> tuple[Account, Unit]:
        office, unit, desks = letter.office, letter.unit, self.desks
        if acted_as == Actor.CLERK:
            return letter.registered_by, office
        if acted_as == Actor.OFFICE:
            return desks.officer(office), office
        if acted_as == Actor.REVIEWER and letter.review_unit:
            return desks.reviewer(letter.review_unit), letter.review_unit
        assert unit is not None
        if acted_as == Actor.HEAD:
            return desks.head(unit), unit
        return letter.handler or desks.handler(unit), unit

    def _draft(self, case: Case, event: LetterEvent) -> None:
        """Its handler had prepared it."""
        letter = case.letter
        event.drafted_by = letter.handler
        if letter.handler:
            case.drafts.append(
                LetterDraft(
                    letter=letter,
                    step=event.step,
                    record=event.record,
                    state=LetterDraft.State.APPROVED,
                    drafted_by=letter.handler,
                    drafted_at=event.at - timedelta(minutes=self.rng.randint(40, 900)),
                    decided_by=event.by,
                    decided_at=event.at,
                )
            )

    def _count(self, case: Case) -> None:
        """The clocks, and what is due next (see `count_clocks`)."""
        letter = case.letter
        case.clocks = clocks_of(
            [Fact(it.step, it.on, it.record) for it in case.events],
            category=letter.category,
            to_petition_office=letter.office.kind == Unit.Kind.PETITION,
            urgent_on=letter.registered_at.date() if letter.is_urgent else None,
            terms=terms_at(letter, self.rules),
            calendar=self.calendar,
        )
        due = next_due(case.clocks) if letter.is_open else None
        if due:
            letter.due_on, letter.due_legal_on = due.safe, due.legal
            letter.due_clock, letter.due_is_provisional = due.clock, due.is_provisional

    # --- Rows -----------------------------------------------------------------------

    def write(self) -> None:
        self.desks.save()
        cases = self.cases
        Letter.objects.bulk_create([it.letter for it in cases], BATCH)
        Petitioner.objects.bulk_create([row for it in cases for row in it.people])
        LetterEvent.objects.bulk_create(
            [row for it in cases for row in it.events], BATCH
        )
        LetterDraft.objects.bulk_create([row for it in cases for row in it.drafts])
        LetterClock.objects.bulk_create(
            [
                LetterClock(
                    letter=case.letter,
                    clock=it.clock,
                    started_on=it.started_on,
                    legal_on=it.legal,
                    safe_on=it.safe,
                    is_provisional=it.is_provisional,
                    stopped_on=it.stopped_on,
                )
                for case in cases
                for it in case.clocks
            ],
            BATCH,
        )
