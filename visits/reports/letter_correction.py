"""Who may correct what was registered, and who stood there before."""

from collections.abc import Collection

from cadres.models import Account
from cadres.models.encrypted import read_sealed
from visits.models import Letter
from visits.reports.letter_steps import actors, covers
from visits.rules.letter_states import Actor, LetterState, Step


def corrects_as(
    letter: Letter, user: Account, parts: Collection[Actor] | None = None
) -> Actor | None:
    """The petition office until it is archived; until it is routed, who registered it.

    Sealed letters are not corrected here. `parts` are those of `actors`, if they are
    known already.
    """
    if letter.is_sealed or letter.state == LetterState.ARCHIVED:
        return None
    if Actor.OFFICE in (actors(letter, user) if parts is None else parts):
        return Actor.OFFICE
    is_own = (
        letter.state == LetterState.REGISTERED
        and letter.registered_by_id == user.pk
        and covers(user, "visits.register_letter", letter.office)
        and Letter.objects.visible_to(user).filter(pk=letter.pk).exists()
    )
    return Actor.CLERK if is_own else None


def people_before(letter: Letter) -> list[str]:
    """In clear; only behind an `Access`, as the names of today."""
    rows = letter.events.filter(step=Step.CORRECT_PEOPLE).order_by("pk")
    return [
        read_sealed(
            bytes(row.sealed_record or b""), purpose="letter", seal_id=letter.seal_id
        )["was_people"]
        for row in rows
    ]
