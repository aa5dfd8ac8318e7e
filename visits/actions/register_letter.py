"""Entering what has come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Setting, Unit
from visits.actions.count_clocks import count_clocks
from visits.actions.refusals import refuse
from visits.actions.seal_letter import name_parties, write_sealed_text
from visits.models import Letter, Petitioner
from visits.models.receipt import hash_of, new_code
from visits.reports.named_parties import competent_office
from visits.rules.letter_states import Actor, LetterState, Step, is_sealed_for

MOST_REPRESENTATIVES = 5  # Art. 20


@dataclass(frozen=True)
class Identity:
    """Who wrote, as far as they said; every part may be empty."""

    name: str = ""
    address: str = ""
    contact: str = ""
    kind: str = Petitioner.Kind.PERSON

    def __bool__(self) -> bool:
        return bool(self.name or self.address or self.contact)


@dataclass(frozen=True)
class Registered:
    """A letter that stands, and the code for its receipt.

    `code` is "" when the same form had arrived before: a code is shown once.
    """

    letter: Letter
    code: str


def register_letter(
    *,
    by: Account,
    now: datetime,
    office: Unit,
    place: District,
    received_on: date,
    channel: str,
    client_key: UUID,
    request: str,
    facts: str = "",
    petitioners: Sequence[Identity] = (),
    named_officials: Sequence[Cadre] = (),
    named_units: Sequence[Unit] = (),
    complains_about_someone: bool = False,
    identity_document: str = "",
    split_from: Letter | None = None,
    **fields: Any,
) -> Registered:
    """Register a letter, a call or a visit (Arts. 17–20, 23), and start its clock.

    Sent twice with one `client_key` by one person, it answers with what stands. What
    complains about a named official or unit is sealed from here on (handbook 7.6).

    Raises:
        Refusal: code `future`, `nothing_asked`, `too_many_representatives`.
        ValidationError: keyed by field.
    """
    known = Letter.objects.filter(registered_by=by, client_key=client_key).first()
    if known:
        return Registered(known, "")
    if received_on > timezone.localdate(now):
        refuse(_("This day lies ahead."), code="future")
    if not request.strip():
        refuse(_("Write down what is asked for."), code="nothing_asked")
    people = [identity for identity in petitioners if identity]
    if len(people) > MOST_REPRESENTATIVES:
        refuse(
            _("At most five representatives (Art. 20)."),
            code="too_many_representatives",
        )
    code = new_code()
    try:
        with transaction.atomic():
            letter = Letter(
                registered_by=by,
                client_key=client_key,
                office=office,
                received_on=received_on,
                channel=channel,
                split_from=split_from,
                # An organ that receives directly is the one to handle it.
                unit=None if office.kind == Unit.Kind.PETITION else office,
                registered_at=now,
                identity_document=identity_document,
                identity_checked_by=by if identity_document else None,
                **fields,
            )
            letter.settle_at(place)
            names_someone = bool(
                complains_about_someone or named_officials or named_units
            )
            letter.is_sealed = is_sealed_for(letter.category, names_someone)
            if not letter.urgent_reason.strip() and letter.is_urgent:
                letter.urgent_reason = ""  # the seal below would hide that it is none
                letter.full_clean(exclude=["sealed_text"])
            _write_text(letter, request.strip(), facts.strip())
            letter.code_hash = hash_of(letter.reference, code)
            letter.full_clean(exclude=["sealed_text"])
            letter.save()
            write_people(letter, people)
            name_parties(letter, [*named_officials, *named_units], by=by, now=now)
            if letter.is_sealed:
                letter.office = competent_office(letter)
                letter.save(update_fields=["office"])
            letter.events.create(
                step=Step.RECEIVE,
                to_state=LetterState.REGISTERED,
                on=received_on,
                at=now,
                by=by,
                acted_as=Actor.CLERK,
                unit=office,
                record=_own_target(letter),
            )
            count_clocks(letter)
            return Registered(letter, code)
    except (IntegrityError, ValidationError):
        # The same form, sent twice at once: the first one to arrive has won, and shows
        # either to the checks before saving or to the database.
        known = Letter.objects.filter(registered_by=by, client_key=client_key).first()
        if known:
            return Registered(known, "")
        raise


def _own_target(letter: Letter) -> dict[str, str]:
    """The day by which the office itself wants to have routed it, if it set one."""
    days = Setting.objects.as_dict()["clock.stage_limits"]
    if not days or letter.office.kind != Unit.Kind.PETITION:
        return {}
    return {"target_on": (letter.received_on + timedelta(days=days)).isoformat()}


def _write_text(letter: Letter, request: str, facts: str) -> None:
    if letter.is_sealed:
        write_sealed_text(letter, request=request, facts=facts)
    else:
        letter.request, letter.facts = request, facts
        letter.search_text = f"{request}\n{facts}"


def write_people(letter: Letter, people: Sequence[Identity]) -> None:
    rows = []
    for position, identity in enumerate(people, start=1):
        row = Petitioner(letter=letter, position=position, kind=identity.kind)
        row.write(
            name=identity.name, address=identity.address, contact=identity.contact
        )
        rows.append(row)
    Petitioner.objects.bulk_create(rows)
