"""The life of an on-the-spot matter: its states, and the steps between (handbook 8).

A promise is kept when the people say so: no row of this table leads to `CONFIRMED` but
their own word, and nothing is struck off before it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MatterState(TextChoices):
    RAISED = "raised", _("Raised")
    SETTLED = "settled", _("Settled on the spot")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    SAID_DONE = "said_done", _("Said to be done")
    CONFIRMED = "confirmed", _("Confirmed by the people")
    STRUCK_OFF = "struck_off", _("Struck off")
    LOOKED_BACK = "looked_back", _("Looked back")
    REOPENED = "reopened", _("Reopened")
    WITHDRAWN = "withdrawn", _("Withdrawn as entered by mistake")


class MatterStep(TextChoices):
    RAISE = "raise", _("Raise")
    SETTLE = "settle", _("Record as settled on the spot")
    ASSIGN = "assign", _("Assign")
    HAND_OVER = "hand_over", _("Give to another unit")
    PROGRESS = "progress", _("Report progress")
    SAY_DONE = "say_done", _("Say that it is done")
    HEAR_CODE = "hear_code", _("Word of the people, by code")
    HEAR_CALL = "hear_call", _("Record a call")
    HEAR_PAPER = "hear_paper", _("Record a signed paper")
    STRIKE_OFF = "strike_off", _("Strike off")
    LOOK_BACK = "look_back", _("Look back")
    REOPEN = "reopen", _("Reopen")
    ASK_DELAY = "ask_delay", _("Ask for a later date")
    APPROVE_DELAY = "approve_delay", _("Approve the later date")
    REFUSE_DELAY = "refuse_delay", _("Keep the date")
    WITHDRAW = "withdraw", _("Withdraw")
    # What other pages do, and the history tells.
    SLIP = "slip", _("Slips with codes printed")
    CORRECT = "correct", _("Corrected with the log")


class MatterActor(TextChoices):
    """How someone stands to a matter; see `visits.reports.matter_steps.actors`."""

    DECIDER = "decider", _("who decided")
    UNIT = "unit", _("lead unit")
    SUPPORT = "support", _("supporting unit")
    OVERSEER = "overseer", _("district administrator")
    OFFICE = "office", _("petition officer")
    CALLER = "caller", _("caller who did not handle it")
    PEOPLE = "people", _("the people concerned")


class UnitWord(TextChoices):
    """The word of those who were to do it."""

    DONE = "done", _("Done")
    PARTLY = "partly", _("Done in part")
    IMPOSSIBLE = "impossible", _("Cannot be done")


class PeopleWord(TextChoices):
    """The word of those concerned. No answer is neither of the two."""

    SETTLED = "settled", _("It is settled")
    NOT_SETTLED = "not_settled", _("It is not settled")


class Finding(TextChoices):
    HOLDS = "holds", _("It still holds")
    FAILS = "fails", _("It no longer holds, or never did")


@dataclass(frozen=True)
class MatterMove:
    """One row of the table. `target` None leaves the state as it is."""

    step: MatterStep
    sources: frozenset[str]
    target: MatterState | None
    by: tuple[MatterActor, ...]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


S = MatterState
A = MatterActor
OPEN = [S.RAISED, S.ASSIGNED, S.IN_PROGRESS, S.REOPENED]
# A unit has it to do, by a date.
AT_UNIT = [S.ASSIGNED, S.IN_PROGRESS, S.REOPENED]
AWAITING = [S.SETTLED, S.SAID_DONE]
WITH_WORD = [S.CONFIRMED, S.STRUCK_OFF, S.LOOKED_BACK]
HEARS = (MatterStep.HEAR_CODE, MatterStep.HEAR_CALL, MatterStep.HEAR_PAPER)
WATCHERS = (A.DECIDER, A.OVERSEER, A.OFFICE, A.CALLER)


def _move(
    step: MatterStep,
    sources: Collection[str],
    target: MatterState | None,
    by: MatterActor | tuple[MatterActor, ...],
    names: str = "",
) -> MatterMove:
    """`names`: what must be recorded, and with a ? what may be."""
    found = names.split()
    return MatterMove(
        step,
        frozenset(sources),
        target,
        by if isinstance(by, tuple) else (by,),
        tuple(name for name in found if not name.endswith("?")),
        tuple(name.rstrip("?") for name in found if name.endswith("?")),
    )


TABLE: tuple[MatterMove, ...] = (
    _move(MatterStep.SETTLE, [S.RAISED], S.SETTLED, A.DECIDER, "decision is_public?"),
    _move(
        MatterStep.ASSIGN, (S.RAISED, S.REOPENED), S.ASSIGNED, A.DECIDER,
        "decision lead_unit due_on supporting? person? procedure? is_public?",
    ),
    _move(
        MatterStep.HAND_OVER, AT_UNIT, S.ASSIGNED, A.DECIDER,
        "lead_unit reasons supporting? person?",
    ),
    _move(
        MatterStep.PROGRESS, AT_UNIT, S.IN_PROGRESS, (A.UNIT, A.SUPPORT), "report"
    ),
    _move(
        MatterStep.SAY_DONE, AT_UNIT, S.SAID_DONE, A.UNIT, "unit_word result"
    ),
    _move(
        MatterStep.HEAR_CODE, AWAITING, S.CONFIRMED, A.PEOPLE, "says statement?"
    ),
    _move(
        MatterStep.HEAR_CALL, AWAITING, S.CONFIRMED, A.CALLER, "says statement"
    ),
    _move(
        MatterStep.HEAR_PAPER, AWAITING, S.CONFIRMED, WATCHERS,
        "says statement witness",
    ),
    _move(
        MatterStep.STRIKE_OFF, [S.CONFIRMED], S.STRUCK_OFF, (A.DECIDER, A.OVERSEER),
        "look_back_on",
    ),
    _move(
        MatterStep.LOOK_BACK, (S.STRUCK_OFF, S.LOOKED_BACK), S.LOOKED_BACK, A.CALLER,
        "finding statement",
    ),
    _move(
        MatterStep.REOPEN, (S.SAID_DONE, *WITH_WORD), S.REOPENED, WATCHERS, "reasons"
    ),
    _move(
        MatterStep.ASK_DELAY, AT_UNIT, None, A.UNIT, "new_due_on reasons"
    ),
    _move(MatterStep.APPROVE_DELAY, AT_UNIT, None, A.DECIDER),
    _move(MatterStep.REFUSE_DELAY, AT_UNIT, None, A.DECIDER, "reasons"),
    # What was decided is a promise and is not withdrawn here; a log that named it by
    # mistake is corrected, as long as nobody has acted on it.
    _move(
        MatterStep.WITHDRAW, [S.RAISED], S.WITHDRAWN, (A.DECIDER, A.OFFICE), "reasons"
    ),
)  # fmt: skip
ROW = {move.step: move for move in TABLE}


def steps_from(state: str) -> list[MatterMove]:
    """The rows of the table that leave (or stay in) `state`, whoever may do them."""
    return [move for move in TABLE if state in move.sources]


def words_needed(*, is_public: bool) -> int:
    """Two villagers speak for a public matter, the person concerned for their own."""
    return 2 if is_public else 1


def target_of(
    move: MatterMove,
    *,
    current: str,
    is_public: bool = False,
    heard: int = 0,
    says: str = "",
    finding: str = "",
) -> str:
    """The state after `move`; `heard` are the earlier words that it is settled.

    One word that it is not settled reopens; a first one of two that it is waits for
    the second; a look back that finds it undone reopens.
    """
    if move.step in HEARS:
        if says != PeopleWord.SETTLED:
            return S.REOPENED
        return (
            S.CONFIRMED if heard + 1 >= words_needed(is_public=is_public) else current
        )
    if move.step == MatterStep.LOOK_BACK and finding != Finding.HOLDS:
        return S.REOPENED
    return move.target or current
