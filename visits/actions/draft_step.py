"""What a handler prepares and the head of the unit decides: opinions, extensions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.move_letter import move_letter, stale
from visits.actions.notify import tell_of_draft, tell_of_return
from visits.actions.refusals import refuse
from visits.models import Letter, LetterDraft
from visits.reports.letter_steps import actors
from visits.rules.letter_records import FIELDS, to_json
from visits.rules.letter_states import DRAFTED, Actor, steps_from


@transaction.atomic
def draft_step(
    letter: Letter,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
) -> LetterDraft:
    """Put a step before the head of the unit; one draft of a step waits at a time.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, `not_yours`.
        ValidationError: when a draft of this step waits already.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    parts = actors(letter, by)
    if not parts:
        refuse(_("This letter is not in your hands."), code="not_yours")
    if letter.version != version:
        raise stale(letter)
    fits = {move.step for move in steps_from(letter.state, letter.category)}
    if step not in fits or step not in DRAFTED:
        refuse(_("This step cannot be drafted now."), code="move_not_allowed")
    if Actor.UNIT not in parts:
        refuse(_("This step is not yours."), code="not_yours")
    draft = LetterDraft(
        letter=letter, step=step, record=to_json(record), drafted_by=by, drafted_at=now
    )
    draft.full_clean()
    draft.save()
    tell_of_draft(draft)
    return draft


@transaction.atomic
def approve_draft(draft: LetterDraft, *, by: Account, now: datetime) -> Letter:
    """Take the drafted step in the head's name; who drafted it stands beside it.

    Raises:
        Refusal: code `decided`, and all of `move_letter`.
    """
    draft = _waiting(draft)
    record = {
        name: date.fromisoformat(value) if FIELDS[name].kind == "date" else value
        for name, value in draft.record.items()
    }
    letter = move_letter(
        draft.letter,
        by=by,
        step=draft.step,
        record=record,
        version=draft.letter.version,
        now=now,
        drafted_by=draft.drafted_by,
    )
    _decide(draft, LetterDraft.State.APPROVED, by, now, "")
    return letter


@transaction.atomic
def return_draft(
    draft: LetterDraft, *, by: Account, note: str, now: datetime
) -> LetterDraft:
    """Send a draft back with a note; it stays to be read.

    Raises:
        Refusal: code `decided`, `not_yours`, `no_note`.
    """
    draft = _waiting(draft)
    if Actor.HEAD not in actors(draft.letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    if not note.strip():
        refuse(_("Say what is to be changed."), code="no_note")
    draft = _decide(draft, LetterDraft.State.RETURNED, by, now, note.strip())
    tell_of_return(draft, by)
    return draft


def _waiting(draft: LetterDraft) -> LetterDraft:
    # The letter's row first: the order of all who lock both.
    Letter.objects.select_for_update(of=("self",)).get(pk=draft.letter_id)
    draft = (
        LetterDraft.objects.select_for_update(of=("self",))
        .select_related("letter", "drafted_by")
        .get(pk=draft.pk)
    )
    if draft.state != LetterDraft.State.PENDING:
        refuse(_("This draft is decided already."), code="decided")
    return draft


def _decide(
    draft: LetterDraft, state: str, by: Account, now: datetime, note: str
) -> LetterDraft:
    draft.state, draft.note = state, note
    draft.decided_by, draft.decided_at = by, now
    draft.full_clean()
    draft.save(update_fields=["state", "note", "decided_by", "decided_at"])
    return draft
