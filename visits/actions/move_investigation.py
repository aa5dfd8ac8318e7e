"""An investigation ends, is handed over or opened again; its row guards its problems.

Every step of an investigation and of its problems locks this row first. So nothing can
be opened while somebody else finishes, and `unsettled` is what a count would find; the
database refuses an end with a problem that is not settled.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import Refusal, refuse
from visits.models import Investigation, InvestigationEvent, ProblemEvent
from visits.rules.investigation_states import MOVE, StudyMove, StudyState, StudyStep
from visits.rules.problem_states import (
    UNSETTLED,
    ProblemActor,
    ProblemState,
    ProblemStep,
)
from visits.rules.study_records import FIELDS, earlier, to_json

NAMED = 5  # unsettled problems that a refusal names


@transaction.atomic
def move_investigation(
    investigation: Investigation,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
) -> Investigation:
    """Finish it, hand it over with what is not settled, or open it again.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, or `unsettled` with the problems
            that are neither settled nor handed over nor answered.
        ValidationError: keyed by field when something is not recorded.
    """
    move = MOVE[step]
    held = locked(investigation, version=version, also_ended=True)
    if held.state not in move.sources:
        refuse(_("This step is not offered now. Look again."), code="move_not_allowed")
    kept = _complete(move, record)
    if step == StudyStep.FINISH:
        _insist_on_settled(held)
    happens: dict[str, Any] = dict(kept)
    if step == StudyStep.HAND_OVER:
        happens["problems"] = _hand_over_problems(held, kept, by=by, now=now)
    before = {name: getattr(held, name) for name in ("report", "follow_up")}
    came_from, held.state = held.state, move.target
    for name in ("report", "follow_up", "handed_to"):
        if name in kept:
            setattr(held, name, kept[name])
    held.ended_on = None if held.is_open else timezone.localdate(now)
    held.unsettled = held.problems.filter(state__in=UNSETTLED).count()
    changed = earlier(before, {name: getattr(held, name) for name in before})
    save(held)
    happened(
        held, move.step, by=by, now=now, record=happens, more=changed, was=came_from
    )
    return held


def locked(
    investigation: Investigation,
    *,
    version: int | None = None,
    also_ended: bool = False,
) -> Investigation:
    """Lock the investigation's row; with `version`, only as it was seen.

    Raises:
        Refusal: code `stale` if it has changed since; `ended` if it is over.
    """
    held = (
        Investigation.objects.select_for_update(of=("self",))
        .select_related("leader", "unit__place", "area")
        .get(pk=investigation.pk)
    )
    if version is not None and held.version != version:
        text = _("Someone else has changed this investigation. Look again.")
        refuse(text, code="stale")
    if not held.is_open and not also_ended:
        refuse(_("This investigation is over. Open it again first."), code="ended")
    return held


def save(held: Investigation) -> None:
    held.version += 1
    held.full_clean()
    held.save()


def happened(
    held: Investigation,
    step: StudyStep,
    *,
    by: Account,
    now: datetime,
    record: Mapping[str, Any],
    more: Mapping[str, Any] | None = None,
    was: str | None = None,
) -> InvestigationEvent:
    """Write down what was done; `record` by the names of FIELDS, `more` as kept."""
    return InvestigationEvent.objects.create(
        investigation=held,
        step=step,
        from_state=held.state if was is None else was,
        to_state=held.state,
        at=now,
        by=by,
        on_behalf_of=held.leader,
        record=to_json(record) | dict(more or {}),
    )


def reopen_for(held: Investigation, reason: str, *, by: Account, now: datetime) -> None:
    """A settled problem came back: its investigation runs again, counted by `recount`.

    Nothing is saved here but the history.
    """
    came_from, held.state = held.state, StudyState.OPEN
    held.ended_on = None
    held.version += 1
    record = {"reason": reason[:200]}
    happened(held, StudyStep.REOPEN, by=by, now=now, record=record, was=came_from)


def recount(held: Investigation) -> None:
    """After a step of one of its problems, in the same transaction.

    What people wrote about the topic stays as it was, and so does its version.
    """
    held.unsettled = held.problems.filter(state__in=UNSETTLED).count()
    held.save(update_fields=["unsettled", "state", "ended_on", "version"])


def _complete(move: StudyMove, record: Mapping[str, Any]) -> dict[str, str]:
    kept, faults = {}, {}
    for name in (*move.needs, *move.may):
        kept[name] = value = str(record.get(name) or "").strip()
        if name in move.needs and not value:
            missing = _("This field is required.")
            faults[name] = ValidationError(missing, code="required")
        elif len(value) > (most := 100 if name == "handed_to" else FIELDS[name].most):
            text = _("At most %(most)s characters.") % {"most": most}
            faults[name] = ValidationError(text, code="max_length")
    if faults:
        raise ValidationError(faults)
    return kept


def _insist_on_settled(held: Investigation) -> None:
    rows = held.problems.filter(state__in=UNSETTLED).order_by("pk")
    texts = list(rows.values_list("text", flat=True)[: NAMED + 1])
    if not texts:
        return
    named = "；".join(texts[:NAMED]) + ("……" if len(texts) > NAMED else "")
    raise Refusal(
        _("Neither settled, handed over nor answered from above: %(problems)s"),
        code="unsettled",
        params={"problems": named},
    )


def _hand_over_problems(
    held: Investigation, kept: Mapping[str, str], *, by: Account, now: datetime
) -> int:
    """What is not settled goes along, each problem with a row of its own history."""
    rows = held.problems.select_for_update(of=("self",)).filter(state__in=UNSETTLED)
    problems = list(rows.order_by("pk"))
    for problem in problems:
        came_from, problem.state = problem.state, ProblemState.HANDED_OVER
        problem.handed_to = kept["handed_to"]
        problem.version += 1
        problem.full_clean()
        problem.save()
        ProblemEvent.objects.create(
            problem=problem,
            step=ProblemStep.HAND_OVER,
            from_state=came_from,
            to_state=problem.state,
            at=now,
            by=by,
            acted_as=ProblemActor.LEADER,
            unit=by.unit,
            record=to_json(kept),
        )
    return len(problems)
