"""Handing a sealed letter to the competent organ: one asks, another confirms."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from cadres.models.encrypted import read_sealed, write_sealed
from visits.actions.move_letter import move_letter
from visits.actions.refusals import refuse
from visits.models import Letter, SealTransfer
from visits.reports.letter_steps import actors
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.letter_states import Actor, Step, steps_from


@transaction.atomic
def ask_transfer(
    letter: Letter, *, by: Account, to_unit: Unit, reasons: str, now: datetime
) -> SealTransfer:
    """Propose the organ that is competent by personnel authority (handbook 7.6).

    Raises:
        Refusal: code `move_not_allowed`, `not_yours`.
        ValidationError: `to_unit` is named in the letter or belongs to one that is;
            a transfer waits already.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Actor.SEALER not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    fits = {move.step for move in steps_from(letter.state, letter.category)}
    if Step.SEAL not in fits:
        refuse(_("This letter is with an organ already."), code="move_not_allowed")
    if is_or_belongs_to_named(letter, to_unit):
        text = _("This unit is named in the letter, or belongs to one that is.")
        raise ValidationError({"to_unit": ValidationError(text, code="named")})
    transfer = SealTransfer(
        letter=letter,
        to_unit=to_unit,
        sealed_reasons=write_sealed(
            {"reasons": reasons}, purpose="transfer", seal_id=letter.seal_id
        ),
        asked_by=by,
        asked_at=now,
    )
    transfer.full_clean(exclude=["sealed_reasons"])
    transfer.save()
    return transfer


@transaction.atomic
def confirm_transfer(transfer: SealTransfer, *, by: Account, now: datetime) -> Letter:
    """A second seal officer agrees, and the letter goes.

    Raises:
        Refusal: code `decided`, `same_person`, and all of `move_letter`.
    """
    transfer = _waiting(transfer)
    if Account.objects.same_person(transfer.asked_by).filter(pk=by.pk).exists():
        refuse(_("Another seal officer has to confirm."), code="same_person")
    letter = transfer.letter
    reasons = read_sealed(
        transfer.sealed_reasons, purpose="transfer", seal_id=letter.seal_id
    )
    letter = move_letter(
        letter,
        by=by,
        step=Step.SEAL,
        record={"to_unit": transfer.to_unit, **reasons},
        version=letter.version,
        now=now,
        drafted_by=transfer.asked_by,
    )
    # Whom the office had named for it: their task ends with the transfer.
    letter.sealed_handlers.all().delete()
    transfer.confirmed_by, transfer.confirmed_at = by, now
    transfer.save(update_fields=["confirmed_by", "confirmed_at"])
    return letter


@transaction.atomic
def refuse_transfer(transfer: SealTransfer, *, by: Account, now: datetime) -> None:
    """Either officer takes a proposal back; the letter stays where it is."""
    transfer = _waiting(transfer)
    if Actor.SEALER not in actors(transfer.letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    transfer.refused_at = now
    transfer.save(update_fields=["refused_at"])


def _waiting(transfer: SealTransfer) -> SealTransfer:
    transfer = (
        SealTransfer.objects.select_for_update(of=("self",))
        .select_related("letter", "to_unit", "asked_by")
        .get(pk=transfer.pk)
    )
    if transfer.confirmed_at or transfer.refused_at:
        refuse(_("This transfer is decided already."), code="decided")
    return transfer
