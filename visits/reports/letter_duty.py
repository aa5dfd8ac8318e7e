"""Whose duty a legal clock is: who acts on it, who watches, who stands above them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from cadres.models import Account, Unit
from visits.models import Letter, LetterClock, LetterEvent
from visits.reports.letter_steps import covers
from visits.rules.clocks import PETITIONERS
from visits.rules.letter_records import Delivery
from visits.rules.letter_states import REQUESTS, Clock, LetterState, Step
from visits.rules.warnings import owner_of

# The petition office looks after them, too.
SUPERVISED = (Clock.URGENT, Clock.REPORT, Clock.CARRY_OUT)


HANDS = tuple(f"letter__{it}" for it in ("office", "unit", "handler", "review_unit"))
# Where a letter stands after an answer, and the step that gave it.
ANSWERED = {
    LetterState.ANSWERED: Step.ANSWER,
    LetterState.REVIEW_ANSWERED: Step.REVIEW,
}


@dataclass(frozen=True)
class Running:
    """A running clock of an organ, with what decides whose it is."""

    letter: int
    clock: str
    started_on: date
    safe_on: date
    office: int
    unit: int | None
    handler: int | None
    review_unit: int | None
    is_sealed: bool

    @property
    def owner(self) -> str:
        return owner_of(self.clock)

    @property
    def organ(self) -> int:
        """The unit that has to act."""
        if self.owner == "reviewer" and self.review_unit:
            return self.review_unit
        if self.owner in ("unit", "any") and self.unit:
            return self.unit
        return self.office


def running_clocks(
    *, by: date, letters: Collection[int] | None = None
) -> list[Running]:
    """Organs' clocks of open letters with a safe day not after `by`."""
    rows = (
        LetterClock.objects.running()
        .filter(safe_on__lte=by, letter__in=Letter.objects.open())
        .exclude(clock__in=PETITIONERS)
    )
    if letters is not None:
        rows = rows.filter(letter__in=letters)
    return [
        Running(*row)
        for row in rows.order_by("pk").values_list(
            "letter",
            "clock",
            "started_on",
            "safe_on",
            *HANDS,
            "letter__is_sealed",
        )
    ]


def ended_windows(*, on: date, since: date) -> list[Running]:
    """Petitioners' own windows that ended from `since` to the day before `on`.

    The letter waits for someone who checks the delivery and closes it.
    """
    rows = LetterClock.objects.running().filter(
        clock__in=PETITIONERS,
        legal_on__range=(since, on - timedelta(days=1)),
        letter__state__in=(*ANSWERED, LetterState.SUPERVISED),
        letter__is_sealed=False,
    )
    return [
        Running(*row)
        for row in rows.order_by("pk").values_list(
            "letter", "clock", "started_on", "legal_on", *HANDS, "letter__is_sealed"
        )
    ]


def unproven_deliveries(*, first: date, last: date) -> list[Running]:
    """Answers of these days that no proven delivery has followed.

    Each stands as the petitioner's window, which has therefore not begun.
    """
    window = LetterClock.objects.filter(
        letter=OuterRef("letter"), clock=OuterRef("window")
    )
    rows = (
        LetterEvent.objects.filter(
            step__in=ANSWERED.values(),
            on__range=(first, last),
            to_state=F("letter__state"),
            letter__is_sealed=False,
            letter__category__in=REQUESTS,
        )
        .exclude(record__delivered_how=Delivery.WAIVED)
        .annotate(
            window=Case(
                When(step=Step.ANSWER, then=Value(Clock.ASK_REVIEW)),
                default=Value(Clock.ASK_REREVIEW),
            )
        )
        .filter(~Exists(window))
    )
    return [
        Running(*row)
        for row in rows.order_by("pk").values_list(
            "letter", "window", "on", "on", *HANDS, "letter__is_sealed"
        )
    ]


class Part(Enum):
    OWN = "own"  # theirs to act
    WATCH = "watch"  # sees the letter and looks after it
    ABOVE = "above"  # the superior of who has to act; need not see the letter


@dataclass(frozen=True)
class Duty:
    """One clock and one account it concerns.

    Who stands above and may not see the letter is told of the unit alone.
    """

    account: int
    clock: Running
    part: Part
    sees: bool = True

    @property
    def is_own(self) -> bool:
        return self.part == Part.OWN


def duties(clocks: Iterable[Running], *, on: date) -> list[Duty]:
    """Who acts on each clock and who watches over it, and their superiors.

    Asks the letters' own predicate once or twice for each account that may be
    concerned; the number of accounts bounds the queries, not that of letters.
    """
    clocks = list(clocks)
    ids = {pk for it in clocks for pk in (it.office, it.unit, it.review_unit) if pk}
    units = Unit.objects.select_related("place").in_bulk(ids)
    ids |= {unit.superior_id for unit in units.values() if unit.superior_id}
    people = list(_accounts(ids, on))
    desk = _Desk(units, people, _handled(people, clocks))
    found: list[Duty] = []
    for account in people:
        near = [
            Duty(account.pk, it, part)
            for it in clocks
            if (part := desk.part(account, it)) is not None
        ]
        seen = _seen(account, {duty.clock.letter for duty in near})
        for duty in near:
            if duty.clock.letter in seen:
                found.append(duty)
            elif duty.part == Part.ABOVE and not duty.clock.is_sealed:
                found.append(Duty(account.pk, duty.clock, duty.part, sees=False))
    return found


def _seen(account: Account, letters: Collection[int]) -> set[int]:
    if not letters:
        return set()
    rows = Letter.objects.visible_to(account).filter(pk__in=letters)
    return set(rows.values_list("pk", flat=True))


def _handled(people: Iterable[Account], clocks: Iterable[Running]) -> set[int]:
    """Letters whose named handler can still act on them; others have none."""
    named: dict[int, set[int]] = {}
    for it in clocks:
        if it.handler:
            named.setdefault(it.handler, set()).add(it.letter)
    return {
        pk
        for account in people
        if account.pk in named and account.unit_ids("visits.handle_letter")
        for pk in _seen(account, named[account.pk])
    }


def _accounts(units: set[int], on: date) -> Iterable[Account]:
    """Active accounts with a role in one of the units, or in some place."""
    in_reach = Q(grants__unit__in=units) | Q(grants__place__isnull=False)
    today = Q(grants__last__isnull=True) | Q(grants__last__gte=on)
    return (
        Account.objects.filter(in_reach, today, grants__first__lte=on, is_active=True)
        .select_related("cadre")
        .order_by("pk")
        .distinct()
    )


class _Desk:
    """The units that have to act, with their people."""

    def __init__(
        self, units: dict[int, Unit], people: Iterable[Account], handled: set[int]
    ) -> None:
        self.units, self.handled = units, handled
        self.headed = {pk for it in people for pk in it.unit_ids("visits.head_letter")}

    def part(self, account: Account, it: Running) -> Part | None:
        office = self.units[it.office]
        if it.is_sealed:
            return Part.OWN if covers(account, "visits.seal_letter", office) else None
        is_office = covers(account, "visits.route_letter", office)
        if is_office and (it.owner in ("office", "any") or it.clock in SUPERVISED):
            return Part.OWN
        if self._is_own(account, it):
            return Part.OWN
        if self._is_above(account, it):
            return Part.ABOVE
        # A review is the business of the organ above, not of the office below.
        return Part.WATCH if is_office and it.owner != "reviewer" else None

    def _is_own(self, account: Account, it: Running) -> bool:
        if it.owner == "reviewer":
            return it.review_unit in account.unit_ids("visits.review_letter")
        if it.owner == "office" or not it.unit:
            return False
        if it.letter in self.handled:
            return it.handler == account.pk
        # Without a handler the head is the owner; without a head, the whole unit.
        role = "head" if it.unit in self.headed else "handle"
        return it.unit in account.unit_ids(f"visits.{role}_letter")

    def _is_above(self, account: Account, it: Running) -> bool:
        """The head of the organ; where the head is the owner or missing, its superior.

        In a petition office above, whoever routes there.
        """
        heads = account.unit_ids("visits.head_letter")
        head_owns = it.owner == "unit" and it.letter not in self.handled
        if it.organ in self.headed and not head_owns:
            return it.organ in heads
        superior = self.units[it.organ].superior_id
        return superior is not None and (
            superior in heads or superior in account.unit_ids("visits.route_letter")
        )
