"""A mixed letter becomes two: the request goes on, the accusation is sealed (7.1)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Unit
from visits.actions.move_letter import move_letter, stale
from visits.actions.refusals import refuse
from visits.actions.register_letter import Identity, Registered, register_letter
from visits.models import Letter
from visits.reports.letter_steps import steps_for
from visits.rules.letter_states import Step


@transaction.atomic
def split_letter(
    letter: Letter,
    *,
    by: Account,
    version: int,
    request: str,
    facts: str,
    category: str,
    now: datetime,
    client_key: UUID,
    complains_about_someone: bool = False,
    named_officials: Sequence[Cadre] = (),
    named_units: Sequence[Unit] = (),
) -> Registered:
    """Register the second matter with the same people, place and day.

    What is split off and sealed leaves no word in the history of the first: whoever
    handles the request must not learn of it.

    Raises:
        Refusal: code `stale`, `not_yours`, and all of `register_letter`.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    steps = {move.step for move in steps_for(letter, by)}
    if steps and letter.version != version:
        raise stale(letter)
    if Step.SPLIT not in steps:
        refuse(_("This step is not yours."), code="not_yours")
    second = register_letter(
        by=by,
        now=now,
        office=letter.office,
        place=letter.place,
        received_on=letter.received_on,
        channel=letter.channel,
        client_key=client_key,
        request=request,
        facts=facts,
        category=category,
        people=letter.people,
        keep_name_secret=letter.keep_name_secret,
        no_phone_calls=letter.no_phone_calls,
        stop=letter.stop,
        split_from=letter,
        complains_about_someone=complains_about_someone,
        named_officials=named_officials,
        named_units=named_units,
        petitioners=[
            Identity(kind=row.kind, **row.read())
            for row in letter.petitioners.order_by("position")
        ],
    )
    if not second.letter.is_sealed:
        move_letter(
            letter,
            by=by,
            step=Step.SPLIT,
            record={"split_into": second.letter.reference},
            version=version,
            now=now,
        )
    return second
