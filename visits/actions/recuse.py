"""Stepping back from a letter (handbook 7.7). The system infers no kinship."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.notify import tell_of_recusal, tell_of_vacancy
from visits.actions.refusals import refuse
from visits.models import Letter, Recusal
from visits.reports.letter_steps import actors
from visits.reports.recusals import may_decide
from visits.rules.letter_states import Actor

ASKERS = {Actor.OFFICE, Actor.SEALER, Actor.HEAD, Actor.REVIEWER}


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
    recusal = _record(letter, by, by, Recusal.Source.OWN, ground, now)
    _take_out(recusal)
    return recusal


@transaction.atomic
def ask_recusal(
    letter: Letter, *, by: Account, account: Account, ground: str, now: datetime
) -> Recusal:
    """The petitioner asked that someone step back; the office writes it down.

    Until it is granted the person goes on, or declares it themself: a request alone
    takes no letter out of anyone's hands.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not actors(letter, by) & ASKERS:
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
    tell_of_recusal(recusal)
    return recusal


def _take_out(recusal: Recusal) -> None:
    """Access ends by `without_conflict`; clocks run on, and someone takes over."""
    letter = recusal.letter
    if letter.handler_id in recusal.account.ties.accounts:
        letter.handler = None
        letter.save(update_fields=["handler"])
    tell_of_vacancy(recusal)


@transaction.atomic
def decide_recusal(
    recusal: Recusal, *, by: Account, is_granted: bool, now: datetime
) -> Recusal:
    """Clocks run on either way. Who decides: see `visits.reports.recusals`.

    Raises:
        Refusal: code `decided`, `not_yours`.
    """
    Letter.objects.select_for_update(of=("self",)).get(pk=recusal.letter_id)
    recusal = (
        Recusal.objects.select_for_update(of=("self",))
        .select_related("letter", "account")
        .get(pk=recusal.pk)
    )
    if recusal.state != Recusal.State.DECLARED:
        refuse(_("This is decided already."), code="decided")
    if not may_decide(recusal, by):
        refuse(_("This step is not yours."), code="not_yours")
    state = Recusal.State
    recusal.state = state.GRANTED if is_granted else state.REFUSED
    recusal.decided_by, recusal.decided_at = by, now
    recusal.save(update_fields=["state", "decided_by", "decided_at"])
    if is_granted and recusal.source != Recusal.Source.OWN:
        _take_out(recusal)
    return recusal
