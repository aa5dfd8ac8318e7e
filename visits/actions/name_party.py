"""Whom a sealed letter is about, and who is named to handle it (handbook 7.6)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Unit
from visits.actions.refusals import refuse
from visits.models import Letter, NamedParty, Notice, SealedHandler
from visits.reports.letter_steps import actors
from visits.reports.named_parties import competent_office
from visits.rules.letter_states import Actor, LetterState


def _kept_by(letter: Letter, by: Account) -> Letter:
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Actor.SEALER not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    return letter


@transaction.atomic
def name_party(
    letter: Letter,
    *,
    by: Account,
    official: Cadre | None,
    unit: Unit | None,
    now: datetime,
) -> NamedParty:
    """Name an official or a unit; whoever has a tie to them is shut out at once.

    Handlers with such a tie lose their task, a waiting transfer to them is taken
    back, and a letter that names its own office goes one level up.

    Raises:
        Refusal: code `not_yours`, `one_of_two`.
        ValidationError: named already.
    """
    letter = _kept_by(letter, by)
    if (official is None) == (unit is None):
        refuse(_("Name an official or a unit, one at a time."), code="one_of_two")
    party = NamedParty(
        letter=letter, official=official, unit=unit, added_by=by, added_at=now
    )
    party.full_clean()
    party.save()
    for handler in letter.sealed_handlers.select_related("account"):
        if not _is_free(letter, handler.account):
            handler.delete()
    letter.transfers.filter(confirmed_at__isnull=True, refused_at__isnull=True).update(
        refused_at=now
    )
    if letter.state == LetterState.REGISTERED:
        letter.office = competent_office(letter)
        letter.save(update_fields=["office"])
    return party


@transaction.atomic
def remove_party(party: NamedParty, *, by: Account, now: datetime) -> NamedParty:
    """The first officer asks, a second one agrees; until then it stays in force.

    Raises:
        Refusal: code `not_yours`, `decided`, `same_person`.
    """
    letter = _kept_by(party.letter, by)
    party = NamedParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
    if party.removed_at:
        refuse(_("This is decided already."), code="decided")
    if party.removal_asked_by is None:
        party.removal_asked_by, party.removal_asked_at = by, now
    else:
        asker = party.removal_asked_by
        if Account.objects.same_person(asker).filter(pk=by.pk).exists():
            refuse(_("Another seal officer has to confirm."), code="same_person")
        party.removed_by, party.removed_at = by, now
    party.letter = letter
    party.save()
    return party


@transaction.atomic
def name_sealed_handler(
    letter: Letter, *, by: Account, account: Account, now: datetime
) -> SealedHandler:
    """Let one person in on one sealed letter.

    Raises:
        Refusal: code `not_yours`.
        ValidationError: keyed `account`, with code `cannot` (no task with letters, or
            a tie to whom it names), or already named.
    """
    letter = _kept_by(letter, by)
    if not (
        account.is_active
        and account.has_perm("visits.view_letter")
        and _is_free(letter, account)
    ):
        # One sentence for all: which of them holds would tell of ties.
        text = _("This person cannot handle this letter.")
        raise ValidationError({"account": ValidationError(text, code="cannot")})
    handler = SealedHandler(letter=letter, account=account, named_by=by, named_at=now)
    handler.full_clean()
    handler.save()
    # No word of the letter: those who name tell the number in person.
    Notice.objects.get_or_create(
        account=account,
        key=f"sealed:{handler.pk}",
        defaults={"kind": Notice.Kind.DECISION, "at": now},
    )
    return handler


@transaction.atomic
def end_sealed_handler(handler: SealedHandler, *, by: Account) -> None:
    _kept_by(handler.letter, by)
    handler.delete()


def _is_free(letter: Letter, account: Account) -> bool:
    """Neither tied to whom the letter names, nor stepped back from it."""
    return Letter.objects.filter(pk=letter.pk).without_conflict(account).exists()
