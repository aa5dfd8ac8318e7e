"""Putting right what was registered wrong; what stood there stays in the history.

Everyone may ask for it (PIPL Arts. 8, 46; the receipt says so). What a letter is, and
where it goes, are steps of their own.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from cadres.models.encrypted import write_sealed
from visits.actions.count_clocks import count_clocks
from visits.actions.move_letter import stale
from visits.actions.refusals import refuse
from visits.actions.register_letter import (
    MOST_REPRESENTATIVES,
    Identity,
    write_people,
)
from visits.models import Access, Letter
from visits.reports.letter_correction import corrects_as
from visits.rules.letter_records import CORRECTED
from visits.rules.letter_states import Actor, Step

NOTHING = "—"


@transaction.atomic
def correct_letter(
    letter: Letter,
    *,
    by: Account,
    version: int,
    reasons: str,
    now: datetime,
    **fields: Any,
) -> Letter:
    """Write `fields` (all of CORRECTED) in place of what stood there; count anew.

    Raises:
        Refusal: code `stale`, `not_yours`, `no_reason`, `nothing_changed`.
        ValidationError: keyed by field.
    """
    letter, part = _locked(letter, by, version)
    reasons = _given(reasons)
    _check_day(letter, fields["received_on"], timezone.localdate(now))
    if not fields["request"].strip():
        text = _("Write down what is asked for.")
        raise ValidationError({"request": ValidationError(text, code="nothing_asked")})
    before = {
        name: getattr(letter, name)
        for name in CORRECTED
        if name in fields and getattr(letter, name) != fields[name]
    }
    if not before:
        refuse(_("Nothing is different from before."), code="nothing_changed")
    old_text = f"{letter.request}\n{letter.facts}"
    for name in before.keys() - {"place"}:
        setattr(letter, name, fields[name])
    said_since = letter.search_text.removeprefix(old_text)
    letter.search_text = f"{letter.request}\n{letter.facts}{said_since}"
    if "place" in before:
        letter.settle_at(fields["place"])
        before |= _let_stop_go(letter)
    if "identity_document" in before:
        letter.identity_checked_by = by if letter.identity_document else None
    letter.version += 1
    letter.full_clean(exclude=["sealed_text"])
    letter.save()
    record = {f"was_{name}": _kept(value) for name, value in before.items()}
    _note(letter, by, part, now, Step.CORRECT, record={"reasons": reasons, **record})
    count_clocks(letter)
    return letter


@transaction.atomic
def look_to_correct(
    letter: Letter, *, by: Account, reason: str, now: datetime
) -> Access:
    """Write down the look that correcting a name, an address or a contact needs.

    Raises:
        Refusal: code `no_reason`, `not_yours`.
    """
    letter, _part = _locked(letter, by, None)
    return Access.objects.create(
        letter=letter,
        by=by,
        unit=by.unit,
        kind=Access.Kind.IDENTITY,
        reason=_given(reason),
        at=now,
    )


@transaction.atomic
def correct_people(
    letter: Letter,
    *,
    by: Account,
    version: int,
    reasons: str,
    people: Sequence[Identity],
    now: datetime,
) -> Letter:
    """Write `people` in place of who stood there, who are kept behind the seal.

    Raises:
        Refusal: code `stale`, `not_yours`, `no_reason`, `not_open` (without a look
            that still holds), `too_many_representatives`, `nothing_changed`.
    """
    letter, part = _locked(letter, by, version)
    reasons = _given(reasons)
    if not Access.objects.opens(letter, by).exists():
        refuse(_("Open the names first, with a reason."), code="not_open")
    people = [person for person in people if person]
    if len(people) > MOST_REPRESENTATIVES:
        refuse(
            _("At most five representatives (Art. 20)."),
            code="too_many_representatives",
        )
    rows = list(letter.petitioners.order_by("position"))
    before = [Identity(kind=row.kind, **row.read()) for row in rows]
    if before == people:
        refuse(_("Nothing is different from before."), code="nothing_changed")
    letter.petitioners.all().delete()
    write_people(letter, people)
    letter.people = max(letter.people, len(people), 1)
    letter.version += 1
    letter.save(update_fields=["people", "version"])
    sealed = {"reasons": reasons, "was_people": "\n".join(map(_in_line, before))}
    _note(letter, by, part, now, Step.CORRECT_PEOPLE, sealed=sealed)
    return letter


def _locked(letter: Letter, by: Account, version: int | None) -> tuple[Letter, Actor]:
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    part = corrects_as(letter, by)
    if part is None:
        refuse(_("This registration is not yours to correct."), code="not_yours")
    if version is not None and letter.version != version:
        raise stale(letter)
    return letter, part


def _given(reasons: str) -> str:
    if not reasons.strip():
        refuse(_("Say why."), code="no_reason")
    return reasons.strip()


def _check_day(letter: Letter, day: date, today: date) -> None:
    """Not ahead, and not after what has been done with the letter since."""
    known_by = min(
        today, timezone.localdate(letter.registered_at), letter.accepted_on or today
    )
    if day > known_by:
        text = _("Not later than %(day)s: by then it had come.")
        raise ValidationError(
            {
                "received_on": ValidationError(
                    text, code="too_late", params={"day": known_by}
                )
            }
        )


def _let_stop_go(letter: Letter) -> dict[str, Any]:
    """A visit that did not go to the right place is not where it was handed over."""
    stop = letter.stop
    if stop is None or letter.place.contains(stop.place):
        return {}
    if stop.place.contains(letter.place):
        return {}
    letter.stop = None
    return {"stop": stop.visit.reference}


def _kept(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value not in (None, "") else NOTHING


def _in_line(person: Identity) -> str:
    parts = (person.name, person.contact, person.address)
    return " · ".join(part or NOTHING for part in parts)


def _note(
    letter: Letter,
    by: Account,
    part: Actor,
    now: datetime,
    step: Step,
    *,
    record: dict[str, Any] | None = None,
    sealed: dict[str, str] | None = None,
) -> None:
    letter.events.create(
        step=step,
        from_state=letter.state,
        to_state=letter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        acted_as=part,
        unit=letter.office,
        record=record or {},
        sealed_record=sealed
        and write_sealed(sealed, purpose="letter", seal_id=letter.seal_id),
    )
