"""Every step of a letter but the first: one lock, one row of the table, one event."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting, Unit
from cadres.models.encrypted import write_sealed
from visits.actions.check_step import CHECKS, someone_else_calls
from visits.actions.count_clocks import count_clocks
from visits.actions.notify import tell_of_step
from visits.actions.refusals import Refusal, refuse
from visits.actions.seal_letter import seal_letter
from visits.models import Letter, LetterDraft, LetterEvent
from visits.reports.letter_steps import actors
from visits.rules.letter_records import FIELDS, to_json
from visits.rules.letter_states import (
    ANSWERS,
    Actor,
    Category,
    LetterState,
    Move,
    Step,
    steps_from,
    target_of,
)

FINAL = {
    LetterState.ENDED,
    LetterState.CLOSED,
    LetterState.NOT_ACCEPTED,
    LetterState.GUIDED,
}

LINKS = [field.name for field in Letter._meta.fields if field.is_relation]


@transaction.atomic
def move_letter(
    letter: Letter,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
    drafted_by: Account | None = None,
) -> Letter:
    """Take one step of the table, if it fits the state and the person.

    `record` holds what the row of the table needs: dates as `date`, `to_unit` as Unit.

    Raises:
        Refusal: code `stale` (someone acted meanwhile), `move_not_allowed`,
            `not_yours`, or a code of the step's own check.
        ValidationError: keyed by field when something is not recorded.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    parts = actors(letter, by)
    # Before a word on what happened meanwhile: it may have been sealed meanwhile.
    if not parts:
        refuse(_("This letter is not in your hands."), code="not_yours")
    if letter.version != version:
        raise stale(letter)
    move = next(
        (it for it in steps_from(letter.state, letter.category) if it.step == step),
        None,
    )
    if move is None:
        refuse(
            _("This step does not fit a letter that is “%(state)s”."),
            code="move_not_allowed",
            state=letter.get_state_display(),
        )
    acted_as = next((it for it in move.by if it in parts), None)
    if acted_as is None:
        refuse(_("This step is not yours."), code="not_yours")
    kept = checked(letter, move, record, today=timezone.localdate(now))
    if move.step == Step.CALL_BACK:
        someone_else_calls(letter, by)
    if move.step == Step.ACCEPT:
        _set_target(letter, kept)
    _take(letter, move, acted_as, by, kept, now, drafted_by)
    return letter


def checked(
    letter: Letter, move: Move, record: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """What this step would record, if all of it is there and true.

    Raises:
        Refusal, ValidationError: as `move_letter` does.
    """
    kept = _complete(move, record)
    for check in CHECKS.get(move.step, []):
        check(letter, kept, today)
    return kept


def stale(letter: Letter) -> Refusal:
    last = letter.events.order_by("-pk").select_related("by").first()
    return Refusal(
        _("%(name)s has acted on this letter meanwhile: %(step)s. Look again."),
        code="stale",
        params={
            "name": (last.by or "") if last else "",
            "step": last.get_step_display() if last else "",
        },
    )


def _complete(move: Move, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the table asks for, and nothing else."""
    missing = [name for name in move.needs if record.get(name) in (None, "", False)]
    if missing:
        raise ValidationError(
            {
                name: ValidationError(_("This must be recorded."), code="required")
                for name in missing
            }
        )
    kept = {name: record.get(name) for name in (*move.needs, *move.may)}
    for name, value in kept.items():
        field = FIELDS[name]
        if isinstance(value, str) and len(value) > field.most:
            most = _("At most %(most)s characters.") % {"most": field.most}
            raise ValidationError({name: ValidationError(most, code="max_length")})
        if field.choices and value and value not in field.choices.values:
            text = _("Choose one of the list.")
            raise ValidationError({name: ValidationError(text, code="invalid_choice")})
    return kept


def _take(
    letter: Letter,
    move: Move,
    acted_as: Actor,
    by: Account,
    record: dict[str, Any],
    now: datetime,
    drafted_by: Account | None,
) -> None:
    came_from = letter.state
    before = (
        letter.events.filter(step=Step.OBJECT).order_by("-pk").first()
        if move.step == Step.REFUSE
        else None
    )
    letter.state = target_of(
        move,
        current=letter.state,
        came_from=before.from_state if before else "",
        is_assigned=bool(record.get("report_on")),
    )
    _apply(letter, move, record, timezone.localdate(now))
    if letter.category == Category.ACCUSATION and not letter.is_sealed:
        parties = (record.get("named_official"), record.get("named_unit"))
        seal_letter(letter, names=filter(None, parties), by=by, now=now)
    if move.step == Step.WITHDRAW:
        letter.withdrawal_by = by
    texts = {n: v for n, v in to_json(record).items() if FIELDS[n].kind != "date"}
    plain, sealed = to_json(record), None
    if letter.is_sealed:
        plain = {n: v for n, v in plain.items() if FIELDS[n].kind == "date"}
        sealed = write_sealed(
            {name: str(text) for name, text in texts.items()},
            purpose="letter",
            seal_id=letter.seal_id,
        )
    letter.version += 1
    # What else must be true of it the database says: no query for each of that here.
    letter.clean_fields(exclude=["sealed_text", *LINKS])
    letter.save()
    event = LetterEvent.objects.create(
        letter=letter,
        step=move.step,
        from_state=came_from,
        to_state=letter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        drafted_by=drafted_by,
        acted_as=acted_as,
        unit=letter.office if acted_as == Actor.OFFICE else by.unit,
        to_unit=record.get("to_unit"),
        handler=record.get("handler"),
        record=plain,
        sealed_record=sealed,
    )
    _end_drafts(letter, move.step, now)
    count_clocks(letter)
    tell_of_step(letter, event)


def _end_drafts(letter: Letter, step: Step, now: datetime) -> None:
    """What waits for the head, and was done without it or fits no more, has lapsed."""
    fits = {move.step for move in steps_from(letter.state, letter.category)} - {step}
    waiting = letter.drafts.filter(state=LetterDraft.State.PENDING)
    waiting.exclude(step__in=fits).update(
        state=LetterDraft.State.LAPSED, decided_at=now
    )


def _apply(letter: Letter, move: Move, record: dict[str, Any], today: date) -> None:
    """What a step changes on the letter itself."""
    step, unit = move.step, record.get("to_unit")
    if step in (Step.ASK_REVIEW, Step.ASK_REREVIEW):
        letter.review_unit = unit
    elif unit is not None:
        letter.unit, letter.handler = unit, None
    if step == Step.AGREE:
        # Back where it came in; an organ that received it directly has it in hand.
        is_routed = letter.office.kind == Unit.Kind.PETITION
        letter.unit, letter.handler = None if is_routed else letter.office, None
    if step == Step.NAME_HANDLER:
        letter.handler = record["handler"]
    if step == Step.SORT:
        letter.category = record["category"]
    if step == Step.FIND_ACCUSATION:
        letter.category = Category.ACCUSATION
    if step == Step.ACCEPT:
        letter.accepted_on = record["accepted_on"]
    if step in (Step.ANSWER, Step.REPLY):
        letter.outcome = record.get("outcome") or record.get("adopted") or ""
    if step in ANSWERS and not letter.is_sealed:
        words = [record.get(name) or "" for name in ("opinion", "reasons")]
        letter.search_text = "\n".join([letter.search_text, *filter(None, words)])
    if letter.state in FINAL and letter.ended_on is None:
        letter.ended_on = today
        letter.help_wanted = ""
    if letter.is_open:
        letter.ended_on = None  # a late request was taken up
    if step == Step.ARCHIVE:
        letter.retention = record["retention"]
    if step == Step.MARK_URGENT:
        letter.is_urgent, letter.urgent_reason = True, record["urgent_reason"].strip()
    if step == Step.CALL_BACK:
        letter.withdrawal_by = None


def _set_target(letter: Letter, record: dict[str, Any]) -> None:
    """No law sets a limit for a suggestion; the office's own target does."""
    if letter.category == Category.SUGGESTION and not record.get("target_on"):
        days = Setting.objects.as_dict()["suggestion.target_days"]
        record["target_on"] = record["accepted_on"] + timedelta(days=days)
