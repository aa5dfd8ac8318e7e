"""A question goes on: it is answered, promised, put off, corrected or withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.record_question import check_promise
from visits.actions.refusals import refuse
from visits.models import Question, QuestionEvent
from visits.reports.matter_units import unit_named
from visits.rules.question_states import MOVE, QuestionMove, QuestionStep, to_json

# What steps may change, and the history keeps as it stood before.
KEPT = ("answer", "answered_by", "answered_on", "unit_name", "due_on")


@transaction.atomic
def move_question(
    question: Question,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
) -> Question:
    """Take one step of the table; what stood there before stays in the history.

    Raises:
        Refusal: code `stale`, `move_not_allowed`.
        ValidationError: keyed by field.
    """
    move = MOVE[step]
    held = locked(question, move, version=version)
    typed = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in record.items()
        if name in move.needs
    }
    _check(held, move, typed, timezone.localdate(now))
    before = {name: getattr(held, name) for name in KEPT}
    for name, value in typed.items():
        if name in KEPT:
            setattr(held, name, value)
    if step == QuestionStep.PROMISE:
        held.first_due_on = held.due_on
        held.unit = unit_named(held.unit_name, held.talk.stop.place)
    write(held, move, by=by, record=typed, before=before, now=now)
    return held


def locked(question: Question, move: QuestionMove, *, version: int) -> Question:
    """Lock the question's row and make sure that it may take this step.

    Raises:
        Refusal: code `stale` if it has changed since `version`; `move_not_allowed`.
    """
    held = (
        Question.objects.select_for_update(of=("self",))
        .select_related("talk__stop__place", "talk__stop__visit")
        .get(pk=question.pk)
    )
    if held.version != version:
        refuse(_("Someone else has changed this question. Look again."), code="stale")
    if held.state not in move.comes_from:
        refuse(_("This step is not offered now. Look again."), code="move_not_allowed")
    return held


def write(
    question: Question,
    move: QuestionMove,
    *,
    by: Account,
    record: Mapping[str, Any],
    before: Mapping[str, Any],
    now: datetime,
) -> None:
    came_from, question.state = question.state, move.to
    question.version += 1
    question.full_clean()
    question.save()
    changed = {
        f"before_{name}": value
        for name, value in before.items()
        if value and value != getattr(question, name)
    }
    QuestionEvent.objects.create(
        question=question,
        step=move.step,
        from_state=came_from,
        to_state=question.state,
        at=now,
        by=by,
        record=to_json({**record, **changed}),
    )


def _check(
    question: Question, move: QuestionMove, typed: Mapping[str, Any], today: date
) -> None:
    for name in move.needs:
        if not typed.get(name):
            text = _("This field is required.")
            raise ValidationError({name: ValidationError(text, code="required")})
    if move.step == QuestionStep.PROMISE:
        check_promise(typed["unit_name"], typed["due_on"], on=today)
    if move.step == QuestionStep.PUT_OFF and typed["due_on"] <= question.due_on:
        text = _("The new date must lie after the present one.")
        raise ValidationError({"due_on": ValidationError(text, code="not_later")})
    if (day := typed.get("answered_on")) and day > today:
        text = _("This day lies ahead.")
        raise ValidationError({"answered_on": ValidationError(text, code="future")})
    if day and day < timezone.localdate(question.talk.stop.starts_at):
        text = _("It was asked only later.")
        raise ValidationError({"answered_on": ValidationError(text, code="too_early")})
