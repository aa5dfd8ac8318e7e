"""Stepping back from a letter (handbook 7.7). The system infers no kinship."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Letter, Recusal
from visits.reports.letter_steps import actors
from visits.rules.letter_states import Actor


@transaction.atomic
def declare_recusal(
    letter: Letter, *, by: Account, ground: str, now: datetime
) -> Recusal:
    """One's own declaration: access ends with it, before anyone decides.

    Raises:
        Refusal: code `not_yours`, `no_ground`.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not Letter.objects.visible_to(by).filter(pk=letter.pk).exists():
        refuse(_("This letter is not in your hands."), code="not_yours")
    return _record(letter, by, by, Recusal.Source.OWN, ground, now)


@transaction.atomic
def ask_recusal(
    letter: Letter, *, by: Account, account: Account, ground: str, now: datetime
) -> Recusal:
    """The petitioner asked that someone step back; the office writes it down."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not actors(letter, by) & {Actor.OFFICE, Actor.SEALER, Actor.HEAD}:
        refuse(_("This step is not yours."), code="not_yours")
    return _record(letter, by, account, Recusal.Source.PETITIONER, ground, now)


def _record(
    letter: Letter,
    by: Account,
    account: Account,
    source: str,
    ground: str,
    now: datetime,
) -> Recusal:
    if not ground.strip():
        refuse(_("Say on what ground."), code="no_ground")
    recusal = Recusal(
        letter=letter,
        account=account,
        source=source,
        ground=ground.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    recusal.full_clean()
    recusal.save()
    if letter.handler_id == account.pk:
        letter.handler = None
        letter.save(update_fields=["handler"])
    return recusal


@transaction.atomic
def decide_recusal(
    recusal: Recusal, *, by: Account, is_granted: bool, now: datetime
) -> Recusal:
    """The head of the office decides; clocks run on either way.

    Raises:
        Refusal: code `decided`, `not_yours` (nobody decides on their own).
    """
    recusal = (
        Recusal.objects.select_for_update(of=("self",))
        .select_related("letter", "account")
        .get(pk=recusal.pk)
    )
    if recusal.state != Recusal.State.DECLARED:
        refuse(_("This is decided already."), code="decided")
    parts = actors(recusal.letter, by)
    if by == recusal.account or not parts & {Actor.OFFICE, Actor.HEAD, Actor.SEALER}:
        refuse(_("This step is not yours."), code="not_yours")
    state = Recusal.State
    recusal.state = state.GRANTED if is_granted else state.REFUSED
    recusal.decided_by, recusal.decided_at = by, now
    recusal.save(update_fields=["state", "decided_by", "decided_at"])
    return recusal
