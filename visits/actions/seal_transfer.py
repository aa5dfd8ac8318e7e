"""Handing a sealed letter to the competent organ: one asks, another confirms."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, RoleGrant, Unit
from cadres.models.encrypted import read_sealed, write_sealed
from visits.actions.move_letter import move_letter
from visits.actions.refusals import refuse
from visits.models import Access, Letter, SealTransfer
from visits.reports.letter_steps import actors, covers
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.letter_states import Actor, Step, steps_from

# Organs that may be competent by personnel authority, or for crimes (handbook 7.6).
COMPETENT = (Unit.Kind.DISCIPLINE, Unit.Kind.PARTY, Unit.Kind.POLITICAL_LEGAL)


@transaction.atomic
def ask_transfer(
    letter: Letter,
    *,
    by: Account,
    to_unit: Unit,
    reasons: str,
    now: datetime,
    names_nobody: bool = False,
) -> SealTransfer:
    """Propose the organ that is competent by personnel authority (handbook 7.6).

    Nobody is kept away before somebody is named: so whom it names is entered first, or
    two officers who have read it say that it `names_nobody`.

    Raises:
        Refusal: code `move_not_allowed`, `not_yours`, `nobody_named`, `read_first`.
        ValidationError: keyed `to_unit`, with code `named` (it is named in the letter,
            or belongs to one that is), `not_competent`, `no_reader`; or a transfer
            waits already.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Actor.SEALER not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    fits = {move.step for move in steps_from(letter.state, letter.category)}
    if Step.SEAL not in fits:
        refuse(_("This letter is with an organ already."), code="move_not_allowed")
    _names_settled(letter, by, names_nobody=names_nobody)
    if is_or_belongs_to_named(letter, to_unit):
        text = _("This unit is named in the letter, or belongs to one that is.")
        raise _wrong_unit(text, "named")
    if to_unit.kind not in COMPETENT:
        text = _("A discipline, Party or political-legal organ is competent.")
        raise _wrong_unit(text, "not_competent")
    if not _has_reader(letter, to_unit, now):
        text = _("No seal officer there may read this letter.")
        raise _wrong_unit(text, "no_reader")
    transfer = SealTransfer(
        letter=letter,
        to_unit=to_unit,
        sealed_reasons=write_sealed(
            {"reasons": reasons}, purpose="transfer", seal_id=letter.seal_id
        ),
        names_nobody=names_nobody,
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
        Refusal: code `decided`, `same_person`, `nobody_named`, `read_first`,
            `no_reader`, and all of `move_letter`.
    """
    transfer = _waiting(transfer)
    if Account.objects.same_person(transfer.asked_by).filter(pk=by.pk).exists():
        refuse(_("Another seal officer has to confirm."), code="same_person")
    letter = transfer.letter
    if Actor.SEALER not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    _names_settled(letter, by, names_nobody=transfer.names_nobody)
    if not _has_reader(letter, transfer.to_unit, now):
        refuse(_("No seal officer there may read this letter."), code="no_reader")
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
    """With its letter, whose row is locked first: the order of all who lock both."""
    Letter.objects.select_for_update(of=("self",)).get(pk=transfer.letter_id)
    transfer = (
        SealTransfer.objects.select_for_update(of=("self",))
        .select_related("letter", "to_unit", "asked_by")
        .get(pk=transfer.pk)
    )
    if transfer.confirmed_at or transfer.refused_at:
        refuse(_("This transfer is decided already."), code="decided")
    return transfer


def _names_settled(letter: Letter, by: Account, *, names_nobody: bool) -> None:
    if letter.named.in_force().exists():
        return
    if not names_nobody:
        text = _("Enter whom it names first, or say that it names nobody.")
        refuse(text, code="nobody_named")
    looks = Access.objects.filter(letter=letter, by=by, kind=Access.Kind.SEALED)
    if not looks.exists():
        text = _("Read it first: only then can you say that it names nobody.")
        refuse(text, code="read_first")


def _has_reader(letter: Letter, unit: Unit, now: datetime) -> bool:
    """Whether someone there keeps sealed letters, and has no tie to whom it names."""
    here = Q(unit=unit) | Q(place__in=unit.place.chain_ids)
    grants = RoleGrant.objects.active(on=timezone.localdate(now)).filter(here)
    people = Account.objects.filter(is_active=True, pk__in=grants.values("account"))
    this = Letter.objects.filter(pk=letter.pk)
    return any(
        covers(it, "visits.seal_letter", unit) and this.without_conflict(it).exists()
        for it in people.select_related("cadre")
    )


def _wrong_unit(text: Any, code: str) -> ValidationError:
    return ValidationError({"to_unit": ValidationError(text, code=code)})
