"""Who may know who wrote, and when (handbook 12.3): access follows the present step."""

from collections.abc import Collection

from visits.models import Letter
from visits.rules.letter_states import Actor, LetterState

# Where the petition office acts itself, or tells the petitioner something in writing.
OF_OFFICE = frozenset(
    {
        LetterState.REGISTERED,
        LetterState.OBJECTION,
        LetterState.ESCALATED,
        LetterState.GUIDED,
        LetterState.NOT_ACCEPTED,
        LetterState.ANSWERED,
        LetterState.REVIEW_ANSWERED,
        LetterState.SUPERVISED,
    }
)


def may_know_identity(letter: Letter, parts: Collection[Actor]) -> bool:
    """The petition office, while it acts; the unit and the reviewers, from whom it has.

    A name kept secret is the office's alone, which then writes to the petitioner for
    the unit as long as the letter is open. Others that decide something, such as the
    common superior, need no name for it.
    """
    if Actor.SEALER in parts:
        return True
    if Actor.OFFICE in parts:
        writes = letter.keep_name_secret and letter.is_open
        if writes or letter.state in OF_OFFICE:
            return True
    working = {Actor.UNIT, Actor.HEAD, Actor.REVIEWER}.intersection(parts)
    return bool(working) and not letter.keep_name_secret


def is_kept_secret(letter: Letter, parts: Collection[Actor]) -> bool:
    """Whether it is the petitioner's wish that keeps the name from this person."""
    return letter.keep_name_secret and not {Actor.OFFICE, Actor.SEALER} & set(parts)
