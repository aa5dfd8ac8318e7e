"""Who decides whether someone steps back from a letter (handbook 7.7).

The head of the office; for that head, the head of the organ above. Of a sealed letter
nobody else may know, so its other keepers decide. Never the person concerned nor who
wrote it down, under whichever account.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, Value
from django.utils import timezone

from cadres.models import Account, RoleGrant, Unit
from visits.models import Letter, Recusal
from visits.reports.letter_steps import covers, keeper_of
from visits.rules.letter_states import IN_REVIEW

LEVELS = 5  # from a village to the country; no unit has more above it
PEOPLE = ("account", "recorded_by", "decided_by")
RELATED = (
    *PEOPLE,
    "letter__office__place",
    "letter__unit__place",
    "letter__review_unit__place",
)


@dataclass(frozen=True)
class RecusalRow:
    recusal: Recusal
    may_decide: bool


def organ_of(recusal: Recusal) -> Unit:
    """For which organ the person acts on the letter."""
    letter, person = recusal.letter, recusal.account
    if letter.is_sealed:
        return keeper_of(letter)
    reviews = person.unit_ids("visits.review_letter")
    is_reviewer = letter.state in IN_REVIEW and letter.review_unit_id in reviews
    if is_reviewer and letter.review_unit:
        return letter.review_unit
    if letter.unit and letter.unit_id in person.unit_ids("visits.handle_letter"):
        return letter.unit
    return letter.office


class Deciders:
    """Who decides on these, with each person and each organ read once for all."""

    def __init__(self, recusals: Sequence[Recusal]) -> None:
        self._letters = {it.letter_id for it in recusals}
        people = [it for row in recusals for it in (row.account, row.recorded_by)]
        self._people = {it.pk: it for it in people}
        self._holders: dict[tuple[str, int], list[Account]] = {}
        self._above: dict[int, Unit | None] = {}
        self._free: dict[int, set[int]] = {}
        _read_grants(people)

    def of(self, recusal: Recusal) -> list[Account]:
        """Those of the nearest organ that has any; none, while nobody is appointed."""
        unit: Unit | None = organ_of(recusal)
        if recusal.letter.is_sealed:
            return self._apart(self._holding("visits.seal_letter", unit), recusal)
        for _level in range(LEVELS):
            if unit is None:
                break
            heads = [
                it
                for it in self._holding("visits.head_letter", unit)
                if unit.pk in it.unit_ids("visits.head_letter")
            ]
            is_head = any(it.pk == recusal.account_id for it in heads)
            if not is_head and (apart := self._apart(heads, recusal)):
                return apart
            unit = self._over(unit)
        return []

    def may(self, recusal: Recusal, user: Account) -> bool:
        """Whether the user is one of them, and it is still to be decided."""
        return recusal.state == Recusal.State.DECLARED and any(
            it.pk == user.pk for it in self.of(recusal)
        )

    def _apart(self, found: list[Account], recusal: Recusal) -> list[Account]:
        """Those who neither are concerned nor wrote it down, and have no tie to it."""
        out = self._same[recusal.account_id] | self._same[recusal.recorded_by_id]
        return [
            it for it in found if it.pk not in out and self._is_free(it, recusal.letter)
        ]

    @cached_property
    def _same(self) -> dict[int, set[int]]:
        """The accounts that look like the same person's, by account."""
        found: dict[int, set[int]] = {pk: set() for pk in self._people}
        if not found:
            return found
        first, *others = (
            Account.objects.same_person(it).values_list(Value(it.pk), "pk")
            for it in self._people.values()
        )
        for pk, alike in first.union(*others, all=True):
            found[pk].add(alike)
        return found

    def _holding(self, permission: str, unit: Unit | None) -> list[Account]:
        if unit is None:
            return []
        key = (permission, unit.pk)
        if key not in self._holders:
            self._holders[key] = _holding(permission, unit)
        return self._holders[key]

    def _over(self, unit: Unit) -> Unit | None:
        if unit.pk not in self._above:
            self._above[unit.pk] = unit.superior
        return self._above[unit.pk]

    def _is_free(self, account: Account, letter: Letter) -> bool:
        """Without a tie of their own to whom it names, and not stepped back."""
        if account.pk not in self._free:
            letters = Letter.objects.filter(pk__in=self._letters)
            free = letters.without_conflict(account).values_list("pk", flat=True)
            self._free[account.pk] = set(free)
        return letter.pk in self._free[account.pk]


def deciders_of(recusal: Recusal) -> list[Account]:
    return Deciders([recusal]).of(recusal)


def may_decide(recusal: Recusal, user: Account) -> bool:
    return Deciders([recusal]).may(recusal, user)


def heads_of(unit: Unit) -> list[Account]:
    found = _holding("visits.head_letter", unit)
    return [it for it in found if unit.pk in it.unit_ids("visits.head_letter")]


def _holding(permission: str, unit: Unit) -> list[Account]:
    place = unit.place
    above = [place.province_id, place.prefecture_id, place.county_id, place.pk]
    grants = RoleGrant.objects.active(on=timezone.localdate())
    near = grants.filter(Q(unit=unit) | Q(place__in=filter(None, above)))
    accounts = Account.objects.filter(is_active=True, pk__in=near.values("account"))
    found = list(accounts.order_by("pk"))
    _read_grants(found)
    return [it for it in found if covers(it, permission, unit)]


def _read_grants(accounts: Iterable[Account]) -> None:
    """Give all of them what each would read by itself: see `grants_today`."""
    held: dict[int, list[RoleGrant]] = {it.pk: [] for it in accounts}
    active = RoleGrant.objects.active(on=timezone.localdate())
    rows = active.filter(account__in=held).select_related("place", "unit")
    for grant in rows.order_by("pk"):
        held[grant.account_id].append(grant)
    for it in accounts:
        it.__dict__["grants_today"] = held[it.pk]


def rows_of(letter: Letter, user: Account) -> list[RecusalRow]:
    """Of one letter, for its page; without what others ask about oneself."""
    about_me = Q(account__in=user.ties.accounts) & ~Q(source=Recusal.Source.OWN)
    found = letter.recusals.exclude(about_me).select_related(*PEOPLE).order_by("pk")
    # Each knows its letter: they come from it.
    rows = list(found)
    deciders = Deciders(rows)
    return [RecusalRow(row, deciders.may(row, user)) for row in rows]


def waiting_for(user: Account) -> Sequence[Recusal]:
    """All that this person has to decide, whether or not they see the letter."""
    waiting = Recusal.objects.waiting().exclude(account=user).exclude(recorded_by=user)
    heads = user.unit_ids("visits.head_letter")
    mine = Q(pk__in=[])
    for step in ("letter__office", "letter__unit", "letter__review_unit"):
        for level in range(LEVELS):
            path = step + "__superior" * level
            mine |= Q(**{f"{path}__in": heads}, letter__is_sealed=False)
    if not heads:
        mine = Q(pk__in=[])
    if user.has_perm("visits.seal_letter"):
        sealed = Letter.objects.visible_to(user).filter(is_sealed=True)
        mine |= Q(letter__in=sealed.values("pk"))
    found = waiting.filter(mine).select_related(*RELATED).order_by("recorded_at", "pk")
    rows = list(found)
    deciders = Deciders(rows)
    return [it for it in rows if deciders.may(it, user)]
