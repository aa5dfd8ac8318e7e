"""Every step of a problem but the first: two locks, one row of the table, one event."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.move_investigation import locked as locked_study
from visits.actions.move_investigation import recount, reopen_for
from visits.actions.notify_problem import tell_of_problem
from visits.actions.refusals import refuse
from visits.models import Problem, ProblemEvent
from visits.reports.problem_steps import parts_in
from visits.reports.problem_units import units_above, units_within
from visits.rules.problem_states import (
    AFTER_THE_END,
    ROW,
    UNSETTLED,
    LookBack,
    ProblemActor,
    ProblemLevel,
    ProblemMove,
    ProblemStep,
    target_of,
)
from visits.rules.study_records import FIELDS, earlier, to_json

Check = Callable[[Problem, Mapping[str, Any], date], None]
# What steps may change, and the history keeps as it stood before.
KEPT = (
    *("text", "root_cause", "level", "measure", "lead_unit", "supporting", "person"),
    *("due_on", "evidence", "asked", "answer_kind", "answer", "handed_to"),
    *("look_back_on", "look_back", "look_back_text"),
)


@transaction.atomic
def move_problem(
    problem: Problem,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
) -> Problem:
    """Take one step of the table, if it fits the state and the person.

    Raises:
        Refusal: code `stale` (someone acted meanwhile), `move_not_allowed`,
            `not_yours`, `ended` (the investigation is over), or of the step's check.
        ValidationError: keyed by field when something is not recorded.
    """
    move = ROW[step]
    held, acted_as = locked(problem, move, by=by, version=version)
    typed = _complete(move, record)
    today = timezone.localdate(now)
    for check in CHECKS.get(move.step, []):
        check(held, typed, today)
    before = snapshot(held)
    look_back = str(typed.get("look_back") or "")
    came_from = held.state
    held.state = target_of(move, current=held.state, look_back=look_back)
    apply(held, move, typed, today)
    if held.state in UNSETTLED and not held.investigation.is_open:
        reason = typed["look_back_text"]
        reopen_for(held.investigation, reason, by=by, now=now)
    write(
        held,
        move.step,
        by=by,
        acted_as=acted_as,
        now=now,
        was=came_from,
        record=to_json(_as_text(typed)) | earlier(before, snapshot(held)),
    )
    return held


def locked(
    problem: Problem, move: ProblemMove, *, by: Account, version: int
) -> tuple[Problem, ProblemActor]:
    """Lock the investigation, then the problem; say in which part `by` acts.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, `not_yours`, `ended`.
    """
    study = locked_study(problem.investigation, also_ended=move.step in AFTER_THE_END)
    held = (
        Problem.objects.select_for_update(of=("self",))
        .select_related("unit", "passed_to")
        .get(pk=problem.pk)
    )
    held.investigation = study
    parts = parts_in(held, by)
    if not parts:
        refuse(_("This problem is not in your hands."), code="not_yours")
    if held.version != version:
        refuse(_("Someone else has changed this problem. Look again."), code="stale")
    if held.state not in move.sources:
        refuse(_("This step is not offered now. Look again."), code="move_not_allowed")
    acted_as = next((it for it in move.by if it in parts), None)
    if acted_as is None:
        refuse(_("This step is not yours."), code="not_yours")
    return held, acted_as


def write(
    held: Problem,
    step: ProblemStep,
    *,
    by: Account,
    acted_as: ProblemActor,
    now: datetime,
    was: str,
    record: Mapping[str, Any],
) -> None:
    """Save the problem, its event, the count of its investigation, and tell of it."""
    held.version += 1
    held.full_clean()
    held.save()
    event = ProblemEvent.objects.create(
        problem=held,
        step=step,
        from_state=was,
        to_state=held.state,
        at=now,
        by=by,
        acted_as=acted_as,
        unit=by.unit,
        record=record,
    )
    recount(held.investigation)
    tell_of_problem(held, event)


def snapshot(problem: Problem) -> dict[str, Any]:
    found = {name: getattr(problem, name) for name in KEPT}
    return found | {"passed_to": str(problem.passed_to or "")}


def apply(
    held: Problem, move: ProblemMove, typed: Mapping[str, Any], today: date
) -> None:
    for name, value in typed.items():
        if name in (*KEPT, "passed_to"):
            setattr(held, name, value)
    if "lead_unit" in typed:
        name_units(held)
    if move.step in (ProblemStep.START, ProblemStep.PUT_OFF):
        held.first_due_on = held.first_due_on or held.due_on
    elif move.step == ProblemStep.PASS_UP:
        held.level, held.passed_on = ProblemLevel.ABOVE, today
        held.answer_kind = held.answer = ""
        held.answered_on = None
    elif move.step == ProblemStep.ANSWER:
        held.answered_on = today
    elif move.step == ProblemStep.LOOK_BACK:
        held.looked_back_on = today
    elif move.step == ProblemStep.SETTLE:
        held.look_back = held.look_back_text = ""


def name_units(held: Problem) -> None:
    """The rows of the units typed, where they are units of this system."""
    place = held.investigation.unit.place
    held.unit = next(iter(units_within(held.lead_unit, place)), None)
    if held.pk:
        held.supporting_units.set(units_within(held.supporting, place))


def _as_text(typed: Mapping[str, Any]) -> dict[str, Any]:
    unit = typed.get("passed_to")
    return {**typed, "passed_to": str(unit)} if unit else dict(typed)


def _complete(move: ProblemMove, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the table asks for, and nothing else; what may be left out may be empty."""
    faults: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for name in move.names:
        field, value = FIELDS[name], record.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value is None and field.kind in ("line", "text", "choice"):
            value = ""
        if name in move.may and field.kind == "date" and value is None:
            continue
        kept[name] = value
        if name in move.needs and value in (None, ""):
            missing = _("This field is required.")
            faults[name] = ValidationError(missing, code="required")
        elif isinstance(value, str) and len(value) > field.most:
            text = _("At most %(most)s characters.") % {"most": field.most}
            faults[name] = ValidationError(text, code="max_length")
        elif field.choices and value and value not in field.choices.values:
            unknown = _("Choose one of the list.")
            faults[name] = ValidationError(unknown, code="invalid_choice")
    if faults:
        raise ValidationError(faults)
    return kept


# --- What a step may not do ---------------------------------------------------------


def _fault(name: str, text: Any, code: str) -> NoReturn:
    raise ValidationError({name: ValidationError(text, code=code)})


def _ahead(name: str) -> Check:
    def check(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
        if (day := typed.get(name)) and day < today:
            _fault(name, _("This day must lie ahead."), "not_ahead")

    return check


def _later(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
    if problem.due_on is None:
        refuse(_("It has no date yet."), code="no_date")
    if typed["due_on"] <= problem.due_on:
        text = _("The new date must lie after the present one.")
        _fault("due_on", text, "not_later")


def _to_a_unit_above(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
    above = units_above(problem.investigation.unit)
    if not above.filter(pk=typed["passed_to"].pk).exists():
        text = _("Choose a unit of a place above your own.")
        _fault("passed_to", text, "not_above")


def _keeps_its_date(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
    """A measure that starts anew keeps the first date, and says why by a later step."""
    if problem.due_on and typed["due_on"] > problem.due_on:
        text = _(
            "It has a date, %(day)s. Start it, then set a later date with a reason."
        )
        _fault("due_on", text % {"day": problem.due_on}, "moved")


def _untouched(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
    quiet = (ProblemStep.RECORD, ProblemStep.CHANGE)
    if problem.events.exclude(step__in=quiet).exists():
        text = _("Something was done about it; settle it or hand it over instead.")
        refuse(text, code="touched")


def _still_looked_at(problem: Problem, typed: Mapping[str, Any], today: date) -> None:
    if typed["look_back"] == LookBack.HOLDS:
        _ahead("look_back_on")(problem, typed, today)


CHECKS: dict[ProblemStep, list[Check]] = {
    ProblemStep.START: [_ahead("due_on"), _keeps_its_date],
    ProblemStep.PUT_OFF: [_later],
    ProblemStep.PASS_UP: [_to_a_unit_above],
    ProblemStep.SETTLE: [_ahead("look_back_on")],
    ProblemStep.LOOK_BACK: [_still_looked_at],
    ProblemStep.WITHDRAW: [_untouched],
}
