"""How a letter stands to a person, and which steps they may take now."""

from collections.abc import Collection
from dataclasses import dataclass

from cadres.models import Account, Unit
from cadres.models.account import AccountQuerySet
from visits.models import Letter
from visits.models.letter import reviewed_by
from visits.rules.letter_states import (
    ASKABLE,
    DRAFTED,
    IN_REVIEW,
    IN_UNIT,
    OVER,
    Actor,
    LetterState,
    Move,
    Step,
    steps_from,
)


def covers(user: Account, permission: str, unit: Unit) -> bool:
    """Whether the account holds this permission for that unit."""
    return any(
        scope.unit_id == unit.pk
        if scope.unit_id
        else scope.place is not None and scope.place.contains(unit.place)
        for scope in user.scopes(permission)
    )


def keeper_of(letter: Letter) -> Unit:
    """Whose seal officers may open a sealed letter: handed on, it is the organ's."""
    if letter.state == LetterState.SEALED and letter.unit:
        return letter.unit
    return letter.office


def actors(letter: Letter, user: Account) -> set[Actor]:
    """In which parts `user` may act on this letter; none if they may not see it."""
    if not Letter.objects.visible_to(user).filter(pk=letter.pk).exists():
        return set()
    found: set[Actor] = set()
    if letter.is_sealed:
        if covers(user, "visits.seal_letter", keeper_of(letter)):
            found.add(Actor.SEALER)
        return found
    if covers(user, "visits.route_letter", letter.office):
        found.add(Actor.OFFICE)
    if letter.state in IN_UNIT and letter.unit_id:
        if letter.unit_id in user.unit_ids("visits.handle_letter"):
            found.add(Actor.UNIT)
        if letter.unit_id in user.unit_ids("visits.head_letter"):
            found.add(Actor.HEAD)
    if letter.state in OVER and letter.unit_id in user.unit_ids("visits.handle_letter"):
        found.add(Actor.FORMER)
    if letter.unit and letter.unit.superior_id in user.unit_ids("visits.name_unit"):
        found.add(Actor.SUPERIOR)
    if (
        letter.state in (*IN_REVIEW, *ASKABLE)
        and user.has_perm("visits.review_letter")
        and Letter.objects.filter(reviewed_by(user), pk=letter.pk).exists()
    ):
        found.add(Actor.REVIEWER if letter.state in IN_REVIEW else Actor.ABOVE)
    return found


def may_read_sealed(letter: Letter, user: Account) -> bool:
    if Actor.SEALER in actors(letter, user):
        return True
    named = letter.sealed_handlers.filter(account=user)
    seen = Letter.objects.visible_to(user).filter(pk=letter.pk)
    return named.exists() and seen.exists()


def handlers_of(letter: Letter) -> AccountQuerySet:
    """Those of the unit in charge whose role lets them handle letters there."""
    unit = letter.unit_id or 0
    people = Account.objects.working_in([unit])
    able = [it.pk for it in people if unit in it.unit_ids("visits.handle_letter")]
    return people.filter(pk__in=able)


def steps_for(letter: Letter, user: Account) -> list[Move]:
    """The rows of the table that fit the letter's state and this person."""
    parts = actors(letter, user)
    return [
        move
        for move in steps_from(letter.state, letter.category)
        if parts.intersection(move.by) and is_called_for(letter, move.step)
    ]


def is_called_for(letter: Letter, step: str) -> bool:
    """Whether there is an occasion for those steps that need one."""
    if step == Step.MARK_URGENT:
        return not letter.is_urgent
    if step == Step.CALL_BACK:
        return letter.withdrawal_by_id is not None
    return True


@dataclass(frozen=True)
class Offer:
    """A step that someone may take now; `is_draft`: the head of the unit decides."""

    move: Move
    is_draft: bool = False

    @property
    def step(self) -> Step:
        return self.move.step

    @property
    def article(self) -> str:
        return self.move.article if self.move.article[0].isdigit() else ""


def offers_for(letter: Letter, parts: Collection[Actor]) -> list[Offer]:
    """What a page offers to someone with these `parts`: steps, and drafts of steps.

    Handing on a sealed letter is not among them: it takes two, on a page of its own.
    """
    found = []
    for move in steps_from(letter.state, letter.category):
        if move.step == Step.SEAL or not is_called_for(letter, move.step):
            continue
        if set(parts).intersection(move.by):
            found.append(Offer(move))
        elif move.step in DRAFTED and Actor.UNIT in parts:
            found.append(Offer(move, is_draft=True))
    return found
