"""Whose duty a legal clock is, among accounts that may see the letter."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cadres.models import Account, Unit
from visits.models import Letter, LetterClock
from visits.reports.letter_steps import covers
from visits.rules.clocks import PETITIONERS
from visits.rules.letter_states import Clock
from visits.rules.warnings import owner_of

SUPERVISED = (Clock.URGENT, Clock.REPORT)  # the petition office looks after them, too


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
            "letter__office",
            "letter__unit",
            "letter__handler",
            "letter__review_unit",
            "letter__is_sealed",
        )
    ]


@dataclass(frozen=True)
class Duty:
    """One clock and one account it concerns; `is_own`: theirs to act, else to watch."""

    account: int
    clock: Running
    is_own: bool


def duties(clocks: Iterable[Running], *, on: date) -> list[Duty]:
    """Who acts on each clock and who watches over it, of those who see its letter now.

    Asks the letters' own predicate once for each account that may be concerned; the
    number of accounts bounds the queries, not that of letters.
    """
    clocks = list(clocks)
    ids = {pk for it in clocks for pk in (it.office, it.unit, it.review_unit) if pk}
    units = Unit.objects.select_related("place").in_bulk(ids)
    found: list[Duty] = []
    for account in _accounts(ids, on):
        near = [
            Duty(account.pk, it, is_own)
            for it in clocks
            if (is_own := _part(account, it, units)) is not None
        ]
        seen = set(
            Letter.objects.visible_to(account)
            .filter(pk__in={duty.clock.letter for duty in near})
            .values_list("pk", flat=True)
            if near
            else ()
        )
        found += [duty for duty in near if duty.clock.letter in seen]
    return found


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


def _part(account: Account, it: Running, units: dict[int, Unit]) -> bool | None:
    """True: theirs to act; False: to watch over; None: not their business."""
    office = units[it.office]
    if it.is_sealed:
        return True if covers(account, "visits.seal_letter", office) else None
    owner = owner_of(it.clock)
    is_office = covers(account, "visits.route_letter", office)
    if is_office and (owner in ("office", "any") or it.clock in SUPERVISED):
        return True
    if owner == "reviewer":
        if it.review_unit in account.unit_ids("visits.review_letter"):
            return True
        return False if is_office else None
    if owner in ("unit", "any") and it.unit:
        if it.handler == account.pk:
            return True
        if it.unit in account.unit_ids("visits.head_letter"):
            # Without a handler the head is the owner.
            return it.handler is None
    return False if is_office else None
