"""The life of a problem that an investigation found: one row of its three lists.

Problem list, task list and responsibility list (问题清单、任务清单、责任清单) are one
row each (handbook 6). What cannot be solved at the own level is passed upward and
answered from there; what is closed keeps how it was closed.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProblemState(TextChoices):
    OPEN = "open", pgettext_lazy("problem", "Open")
    UNDER_WAY = "under_way", _("Measures under way")
    PASSED_UP = "passed_up", _("Passed upward")
    ANSWERED = "answered", _("Answered from above")
    SETTLED = "settled", pgettext_lazy("problem", "Settled")
    HANDED_OVER = "handed_over", pgettext_lazy("problem", "Handed over")
    WITHDRAWN = "withdrawn", _("Withdrawn as entered by mistake")


class ProblemLevel(TextChoices):
    """Where it can be solved."""

    OWN = "own", _("Own level")
    ABOVE = "above", _("Root above")


class ProblemStep(TextChoices):
    RECORD = "record", _("Enter a problem")
    CHANGE = "change", _("Change the row")
    START = "start", _("Start the measure")
    REPORT = "report", _("Add evidence")
    PUT_OFF = "put_off", _("Set a later date")
    PASS_UP = "pass_up", _("Pass upward")
    CALL_BACK = "call_back", _("Take back from above")
    ANSWER = "answer", _("Answer what was passed up")
    SETTLE = "settle", _("Record as settled")
    HAND_OVER = "hand_over", _("Hand over")
    LOOK_BACK = "look_back", _("Look back")
    REOPEN = "reopen", _("Reopen")
    TO_MATTER = "to_matter", _("Raise as an on-the-spot matter")
    WITHDRAW = "withdraw", _("Withdraw")


class ProblemActor(TextChoices):
    """How someone stands to a problem; see `visits.reports.problem_steps.parts_in`."""

    LEADER = "leader", _("who leads the investigation")
    UNIT = "unit", _("lead unit")
    SUPPORT = "support", _("supporting unit")
    ABOVE = "above", _("unit above")


class AnswerKind(TextChoices):
    """What the unit above answers."""

    TAKEN_ON = "taken_on", _("Taken on there")
    REFUSED = "refused", _("Refused, with the reason")
    ADVICE = "advice", _("Advice")


class LookBack(TextChoices):
    HOLDS = "holds", _("It still holds")
    FAILS = "fails", _("It no longer holds, or never did")


@dataclass(frozen=True)
class ProblemMove:
    """One row of the table. `target` None leaves the state as it is."""

    step: ProblemStep
    sources: frozenset[str]
    target: ProblemState | None
    by: tuple[ProblemActor, ...]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)


S = ProblemState
A = ProblemActor
# Nobody has settled, taken or answered it: its investigation is not finished.
UNSETTLED = [S.OPEN, S.UNDER_WAY, S.PASSED_UP]
# Somebody at the own level has it to do, by its date.
AT_WORK = [S.OPEN, S.UNDER_WAY]
CLOSED = [S.ANSWERED, S.SETTLED, S.HANDED_OVER]


def _move(
    step: ProblemStep,
    sources: Collection[str],
    target: ProblemState | None,
    by: tuple[ProblemActor, ...],
    names: str = "",
) -> ProblemMove:
    """`names`: what must be recorded, and with a ? what may be."""
    found = names.split()
    return ProblemMove(
        step,
        frozenset(sources),
        target,
        by,
        tuple(name for name in found if not name.endswith("?")),
        tuple(name.rstrip("?") for name in found if name.endswith("?")),
    )


_WORKERS = (A.LEADER, A.UNIT, A.SUPPORT)
TABLE: tuple[ProblemMove, ...] = (
    _move(
        ProblemStep.CHANGE, (*AT_WORK, S.ANSWERED), None, (A.LEADER,),
        "text level root_cause? measure? lead_unit? supporting? person?",
    ),
    _move(
        ProblemStep.START, (S.OPEN, S.ANSWERED), S.UNDER_WAY, (A.LEADER,),
        "measure lead_unit due_on supporting? person?",
    ),
    _move(ProblemStep.REPORT, [S.UNDER_WAY], None, _WORKERS, "evidence"),
    _move(
        ProblemStep.PUT_OFF, (*AT_WORK, S.ANSWERED), None, (A.LEADER,), "due_on reason"
    ),
    _move(
        ProblemStep.PASS_UP, (*AT_WORK, S.ANSWERED), S.PASSED_UP, (A.LEADER,),
        "passed_to asked",
    ),
    _move(ProblemStep.CALL_BACK, [S.PASSED_UP], S.OPEN, (A.LEADER,), "reason"),
    _move(
        ProblemStep.ANSWER, [S.PASSED_UP], S.ANSWERED, (A.ABOVE,),
        "answer_kind answer",
    ),
    _move(
        ProblemStep.SETTLE, (S.UNDER_WAY, S.ANSWERED), S.SETTLED, (A.LEADER,),
        "evidence look_back_on",
    ),
    _move(
        ProblemStep.HAND_OVER, (*UNSETTLED, S.ANSWERED), S.HANDED_OVER, (A.LEADER,),
        "handed_to reason",
    ),
    _move(
        ProblemStep.LOOK_BACK, [S.SETTLED], None, (A.LEADER,),
        "look_back look_back_text look_back_on?",
    ),
    _move(ProblemStep.REOPEN, CLOSED, S.OPEN, (A.LEADER,), "reason"),
    _move(ProblemStep.TO_MATTER, (*AT_WORK, S.ANSWERED), S.UNDER_WAY, (A.LEADER,)),
    _move(ProblemStep.WITHDRAW, [S.OPEN], S.WITHDRAWN, (A.LEADER,), "reason"),
)  # fmt: skip
ROW: dict[str, ProblemMove] = {move.step: move for move in TABLE}
# Steps with a form of their own; a matter has its own arguments.
BY_FORM = tuple(it.step for it in TABLE if it.step != ProblemStep.TO_MATTER)
# What is still looked at once the investigation is over.
AFTER_THE_END = (ProblemStep.LOOK_BACK,)
# In the order in which they are expected; the first that is offered stands out.
EXPECTED = (
    ProblemStep.ANSWER,
    ProblemStep.START,
    ProblemStep.SETTLE,
    ProblemStep.REPORT,
    ProblemStep.LOOK_BACK,
)


def steps_from(state: str) -> list[ProblemMove]:
    """The rows of the table that leave (or stay in) `state`, whoever may do them."""
    return [move for move in TABLE if state in move.sources]


def target_of(move: ProblemMove, *, current: str, look_back: str = "") -> str:
    """The state after `move`; a look back that finds it undone opens it again."""
    if move.step == ProblemStep.LOOK_BACK and look_back != LookBack.HOLDS:
        return S.OPEN
    return move.target or current
