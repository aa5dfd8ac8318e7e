"""What stands beside the demo's letters: drafts, holds, links, recusals, ratings."""

from datetime import datetime, timedelta
from itertools import combinations

from cadres.demo.staff import Staff
from cadres.demo.units import Units
from visits.demo import letter_words as said
from visits.demo.caseload import Case, Caseload
from visits.demo.lands import Lands
from visits.demo.letter_files import attach_some
from visits.demo.letter_records import Moment, record_of
from visits.models import (
    Access,
    LeaderHold,
    Letter,
    LetterDraft,
    LetterLink,
    Rating,
    Recusal,
)
from visits.rules.letter_records import to_json
from visits.rules.letter_states import Category, LetterState, Step

S = LetterState
IN_HAND = (S.ACCEPTED, S.HANDLING, S.EXTENDED, S.SUPERVISED)
WATER = "水务局"
DRAFTS, LINKS, RATED, LOOKED_AT, SUPPORTED = 22, 14, 170, 90, 30


class LetterExtras:
    """To be written after the letters."""

    def __init__(
        self, caseload: Caseload, lands: Lands, units: Units, staff: Staff
    ) -> None:
        self.caseload, self.rng, self.staff = caseload, caseload.rng, staff
        self.office = units[lands.city, "信访局"]
        self.water = units[lands.city, WATER]
        self.officer = caseload.desks.officer(self.office)

    def write(self) -> None:
        self.drafts()
        self.holds()
        self.links()
        self.recusals()
        self.ratings()
        self.looks()
        self.supporters()
        attach_some(self.caseload, self.office, self.officer)

    def of_city(self, *states: str) -> list[Case]:
        return [
            it
            for it in self.caseload.cases
            if it.letter.office == self.office and it.letter.state in states
        ]

    def _after(self, case: Case) -> datetime:
        """A little after the last that happened, and not ahead."""
        last = case.events[-1].at
        return min(
            last + timedelta(minutes=self.rng.randint(30, 600)), self.caseload.now
        )

    def drafts(self) -> None:
        """What waits for the heads of units, `head` first; one was sent back."""
        desks = self.caseload.desks
        cases = [
            it
            for it in self.caseload.cases
            if it.letter.state == S.HANDLING and it.letter.handler
        ]
        cases.sort(key=lambda it: it.letter.unit != self.water)
        rows = []
        for number, case in enumerate(cases[:DRAFTS]):
            letter = case.letter
            step = Step.REPLY if letter.category == Category.SUGGESTION else Step.ANSWER
            if letter.category == Category.REQUEST and number % 5 == 4:
                step = Step.EXTEND
            record = record_of(
                self.rng,
                step,
                case.matter,
                letter.category,
                Moment(self.caseload.today, self.caseload.today),
            )
            draft = LetterDraft(
                letter=letter,
                step=step,
                record=to_json(record),
                drafted_by=letter.handler,
                drafted_at=self._after(case),
            )
            if number == 1:
                draft.state = LetterDraft.State.RETURNED
                draft.note = said.RETURNED[0]
                draft.decided_by = desks.head(letter.unit) if letter.unit else None
                draft.decided_at = self.caseload.now
            rows.append(draft)
        LetterDraft.objects.bulk_create(rows)

    def holds(self) -> None:
        """Matters that leaders hold: most of them the one who signs in as `leader`."""
        today = self.caseload.today
        leader = self.staff.by_username["leader"].cadre
        open_ones = self.rng.sample(self.of_city(*IN_HAND), 9)
        over = self.rng.sample(self.of_city(S.CLOSED), 3)
        rows = []
        for number, case in enumerate([*open_ones, *over]):
            letter = case.letter
            started_on = case.events[min(3, len(case.events) - 1)].on
            due_on = started_on + timedelta(days=60)
            hold = LeaderHold(
                letter=letter,
                leader=leader,
                started_on=started_on,
                plan=self.rng.choice(said.PLANS),
                due_on=max(due_on, today + timedelta(days=number - 1)),
                first_due_on=due_on,
                progress=self.rng.choice(said.PROGRESS),
                named_by=self.officer,
            )
            if hold.due_on > due_on:
                hold.extended_by = self.officer
            if letter.ended_on:
                hold.due_on, hold.extended_by = due_on, None
                hold.ended_on = letter.ended_on
                hold.result = self.rng.choice(LeaderHold.Result.values)
                hold.closing = self.rng.choice(said.PROGRESS)
            rows.append(hold)
        LeaderHold.objects.bulk_create(rows)

    def links(self) -> None:
        """The same matter twice: same place, same subject, said by an officer."""
        alike: dict[tuple[int | None, int | None], list[Letter]] = {}
        for case in self.caseload.cases:
            letter = case.letter
            if letter.office == self.office:
                alike.setdefault((letter.county_id, letter.subject_id), []).append(
                    letter
                )
        pairs = [
            pair
            for letters in alike.values()
            for pair in list(combinations(letters, 2))[:2]
        ]
        rows = []
        for one, two in self.rng.sample(pairs, min(LINKS, len(pairs))):
            earlier, later = sorted((one, two), key=lambda it: it.received_on)
            rows.append(
                LetterLink(
                    letter=later,
                    other=earlier,
                    kind=self.rng.choice(
                        (LetterLink.Kind.RELATED, LetterLink.Kind.REPEATED)
                    ),
                    reason=self.rng.choice(said.LINKED),
                    by=self.officer,
                    at=later.registered_at + timedelta(minutes=30),
                )
            )
        LetterLink.objects.bulk_create(rows)

    def recusals(self) -> None:
        """A colleague of `handler` steps back; some of it waits for a decision."""
        colleague = self.caseload.desks.handler(self.water, 3)
        self.caseload.desks.save()
        states = Recusal.State
        cases = [it for it in self.of_city(*IN_HAND) if it.letter.unit == self.water]
        decided = (states.DECLARED, states.DECLARED, states.GRANTED, states.GRANTED)
        rows = []
        for case, state in zip(
            self.rng.sample(cases, 5), (*decided, states.REFUSED), strict=True
        ):
            is_own = self.rng.random() < 0.6
            at = self._after(case)
            recusal = Recusal(
                letter=case.letter,
                account=colleague,
                source=Recusal.Source.OWN if is_own else Recusal.Source.PETITIONER,
                ground=self.rng.choice(said.RECUSED),
                state=state,
                recorded_by=colleague if is_own else self.officer,
                recorded_at=at,
            )
            if state != states.DECLARED:
                recusal.decided_by = self.caseload.desks.head(self.water)
                recusal.decided_at = min(at + timedelta(hours=2), self.caseload.now)
            rows.append(recusal)
        Recusal.objects.bulk_create(rows)

    def ratings(self) -> None:
        """Voluntary, so of some; litigation is left out (handbook 7.8)."""
        today = self.caseload.today
        cases = [
            it
            for it in self.caseload.cases
            if it.letter.state in (S.ANSWERED, S.CLOSED, S.ARCHIVED)
            and it.letter.outcome
            and it.letter.category != Category.LITIGATION
        ]
        grades = Rating.Grade.values
        rows = []
        for case in self.rng.sample(cases, RATED):
            answered = case.last(Step.ANSWER) or case.last(Step.REPLY)
            assert answered is not None
            after = answered.on + timedelta(days=self.rng.randint(1, 20))
            rows.append(
                Rating(
                    letter=case.letter,
                    office_grade=self.rng.choices(grades, (62, 27, 11))[0],
                    unit_grade=self.rng.choices(grades, (52, 30, 18))[0],
                    on=min(after, today),
                )
            )
        Rating.objects.bulk_create(rows)

    def looks(self) -> None:
        """Names were opened where a notice had to be brought or a call made."""
        cases = [it for it in self.caseload.cases if it.people and it.last(Step.ACCEPT)]
        rows = []
        for case in self.rng.sample(cases, LOOKED_AT):
            accepted = case.last(Step.ACCEPT)
            assert accepted is not None
            rows.append(
                Access(
                    letter=case.letter,
                    by=accepted.by,
                    unit=accepted.unit,
                    kind=Access.Kind.IDENTITY,
                    reason=self.rng.choice(said.LOOKS),
                    at=accepted.at - timedelta(minutes=self.rng.randint(3, 25)),
                )
            )
        rows.sort(key=lambda it: it.at)
        Access.objects.bulk_create(rows)

    def supporters(self) -> None:
        link = Letter.supporting_units.through
        cases = [it for it in self.of_city(*IN_HAND) if it.letter.unit]
        link.objects.bulk_create(
            link(
                letter_id=case.letter.pk,
                unit_id=self.caseload.desks.mistaken(case.matter.unit).pk,
            )
            for case in self.rng.sample(cases, min(SUPPORTED, len(cases)))
        )
