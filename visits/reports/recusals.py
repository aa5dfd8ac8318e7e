"""Who decides whether someone steps back from a letter (handbook 7.7).

The head of the office; for that head, the head of the organ above. Of a sealed letter
nobody else may know, so its other keepers decide. Never the person concerned nor who
wrote it down, under whichever account.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
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


def deciders_of(recusal: Recusal) -> list[Account]:
    """Those of the nearest organ that has any; none, while nobody is appointed."""
    letter = recusal.letter
    concerned = Account.objects.same_person(recusal.account)
    wrote = Account.objects.same_person(recusal.recorded_by)
    out = {*concerned.values_list("pk", flat=True), *wrote.values_list("pk", flat=True)}
    unit: Unit | None = organ_of(recusal)
    if letter.is_sealed:
        found = _holding("visits.seal_letter", unit)
        return [it for it in found if it.pk not in out and _is_free(it, letter)]
    for _level in range(LEVELS):
        if unit is None:
            break
        heads = heads_of(unit)
        if not any(it.pk == recusal.account_id for it in heads):
            free = [it for it in heads if it.pk not in out and _is_free(it, letter)]
            if free:
                return free
        unit = unit.superior
    return []


def heads_of(unit: Unit) -> list[Account]:
    found = _holding("visits.head_letter", unit)
    return [it for it in found if unit.pk in it.unit_ids("visits.head_letter")]


def _holding(permission: str, unit: Unit | None) -> list[Account]:
    if unit is None:
        return []
    place = unit.place
    above = [place.province_id, place.prefecture_id, place.county_id, place.pk]
    grants = RoleGrant.objects.active(on=timezone.localdate())
    near = grants.filter(Q(unit=unit) | Q(place__in=filter(None, above)))
    accounts = Account.objects.filter(is_active=True, pk__in=near.values("account"))
    return [it for it in accounts.order_by("pk") if covers(it, permission, unit)]


def _is_free(account: Account, letter: Letter) -> bool:
    """Without a tie of their own to whom the letter names, and not stepped back."""
    return Letter.objects.filter(pk=letter.pk).without_conflict(account).exists()


def may_decide(recusal: Recusal, user: Account) -> bool:
    return recusal.state == Recusal.State.DECLARED and any(
        it.pk == user.pk for it in deciders_of(recusal)
    )


def rows_of(letter: Letter, user: Account) -> list[RecusalRow]:
    """Of one letter, for its page; without what others ask about oneself."""
    about_me = Q(account__in=user.ties.accounts) & ~Q(source=Recusal.Source.OWN)
    rows = letter.recusals.exclude(about_me).select_related(*PEOPLE).order_by("pk")
    # Each knows its letter: they come from it.
    return [RecusalRow(row, may_decide(row, user)) for row in rows]


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
    rows = waiting.filter(mine).select_related(*RELATED).order_by("recorded_at", "pk")
    return [it for it in rows if may_decide(it, user)]
