"""A question asked at a talk is written down: answered, promised, or still open."""

import uuid
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.once import once
from visits.actions.refusals import refuse
from visits.models import Question, QuestionEvent, Talk, Visit
from visits.reports.matter_units import unit_named
from visits.rules.question_states import QuestionState, QuestionStep, to_json
from visits.rules.visit_states import HELD


@once(Question.objects, "recorded_by")
def record_question(
    talk: Talk,
    *,
    by: Account,
    now: datetime,
    text: str,
    client_key: uuid.UUID,
    answer: str = "",
    unit_name: str = "",
    due_on: date | None = None,
) -> Question:
    """Write down what was asked, without a word of who asked.

    With an `answer` it was answered at once, by the speaker or the official who led;
    with `unit_name` and `due_on` it was promised; with neither it waits. Sent twice
    with one `client_key`, it is one question.

    Raises:
        Refusal: code `not_held` when the visit is not logged, `gone`.
        ValidationError: keyed by field.
    """
    # A log that is being corrected moves talks: one after the other.
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=talk.stop.visit_id)
    if visit.state not in HELD:
        refuse(_("Log the visit first."), code="not_held")
    found = Talk.objects.select_related("stop__place").filter(pk=talk.pk).first()
    if found is None:
        refuse(_("This talk was taken out of the log."), code="gone")
    talk, stop = found, found.stop
    question = Question(
        talk=talk, text=text.strip(), recorded_by=by, client_key=client_key
    )
    question.state = QuestionState.ASKED
    if answer.strip():
        _check_either(unit_name, due_on)
        question.state = QuestionState.ANSWERED
        question.answer = answer.strip()
        question.answered_by = talk.speaker or visit.team.get(part="lead").official.name
        question.answered_on = timezone.localdate(stop.starts_at)
    elif unit_name.strip() or due_on:
        check_promise(unit_name, due_on, on=timezone.localdate(stop.starts_at))
        question.state = QuestionState.PROMISED
        question.unit_name = unit_name.strip()
        question.unit = unit_named(question.unit_name, stop.place)
        question.due_on = question.first_due_on = due_on
    question.full_clean()
    question.save()
    names = ("text", "answer", "answered_by", "answered_on", "unit_name", "due_on")
    QuestionEvent.objects.create(
        question=question,
        step=QuestionStep.RECORD,
        to_state=question.state,
        at=now,
        by=by,
        record=to_json({name: getattr(question, name) for name in names}),
    )
    return question


def _check_either(unit_name: str, due_on: date | None) -> None:
    if unit_name.strip() or due_on:
        text = _("Either an answer, or who answers and by when.")
        raise ValidationError({"answer": ValidationError(text, code="both")})


def check_promise(unit_name: str, due_on: date | None, *, on: date) -> None:
    """A promise names a unit and a day that does not lie before `on`."""
    if not unit_name.strip():
        text = _("Say who answers.")
        raise ValidationError({"unit_name": ValidationError(text, code="no_unit")})
    if due_on is None:
        text = _("Say by when.")
        raise ValidationError({"due_on": ValidationError(text, code="no_date")})
    if due_on < on:
        text = _("This day lies too far back.")
        raise ValidationError({"due_on": ValidationError(text, code="too_early")})
