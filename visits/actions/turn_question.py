"""A question that asks for something becomes a letter or an on-the-spot matter."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cadres.models import Account, Cadre, Unit
from visits.actions.move_question import locked, write
from visits.actions.raise_matter import raise_at_stop
from visits.actions.register_letter import Identity, Registered, register_letter
from visits.models import Letter, Matter, Question
from visits.rules.question_states import MOVE, QuestionStep


@transaction.atomic
def turn_into_letter(
    question: Question,
    *,
    by: Account,
    now: datetime,
    version: int,
    office: Unit,
    request: str,
    client_key: uuid.UUID,
    petitioner: Identity | None = None,
) -> Registered:
    """Register what was asked; a name goes the way of letters, and only if given.

    Sent twice with one `client_key`, it is one letter.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, and all of `register_letter`.
        ValidationError: keyed by field.
    """
    known = Letter.objects.filter(registered_by=by, client_key=client_key).first()
    if known:
        return Registered(known, "")
    move = MOVE[QuestionStep.TO_LETTER]
    held = locked(question, move, version=version)
    stop = held.talk.stop
    registered = register_letter(
        by=by,
        now=now,
        office=office,
        place=stop.place,
        received_on=timezone.localdate(now),
        channel=Letter.Channel.HANDED,
        client_key=client_key,
        request=request,
        petitioners=[petitioner] if petitioner else (),
        stop=stop,
        is_oral=True,
    )
    held.letter = registered.letter
    write(held, move, by=by, record={}, before={}, now=now)
    return registered


@transaction.atomic
def turn_into_matter(
    question: Question,
    *,
    by: Account,
    now: datetime,
    version: int,
    subject: str,
    decided_by: Cadre,
    client_key: uuid.UUID,
    is_public: bool = False,
) -> Matter:
    """Put what was asked before a leader, without a word of who asked.

    Sent twice with one `client_key`, it is one matter.

    Raises:
        Refusal: code `stale`, `move_not_allowed`.
        ValidationError: keyed by field.
    """
    known = Matter.objects.filter(raised_by=by, client_key=client_key).first()
    if known:
        return known
    move = MOVE[QuestionStep.TO_MATTER]
    held = locked(question, move, version=version)
    held.matter = raise_at_stop(
        held.talk.stop,
        Matter.Source.QUESTION,
        by=by,
        subject=subject,
        decided_by=decided_by,
        client_key=client_key,
        now=now,
        is_public=is_public,
    )
    write(held, move, by=by, record={}, before={}, now=now)
    return held.matter
