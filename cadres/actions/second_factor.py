"""Second factors: taken off by the person, or all at once by two administrators."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.actions.begin_session import factors_of, needs_factor
from cadres.actions.invite import Invited, end_open_invitation, invite_account
from cadres.actions.refusals import refuse
from cadres.actions.set_password import end_password
from cadres.models import Account, AccountEvent, FactorReset, Setting
from cadres.reports.second_persons import second_persons


@transaction.atomic
def remove_factor(account: Account, *, key: int) -> None:
    """Take an app or a key off one's own account; recovery codes go with the last.

    Raises:
        ValidationError: code `gone`; `needed` for the last one where one is required.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    factors = factors_of(account)
    factor = factors.filter(pk=key).first()
    if factor is None:
        refuse(None, _("It is gone already."), code="gone")
    if factors.count() == 1:
        if needs_factor(account, Setting.objects.as_dict()):
            text = _("Your role asks for a second factor: add another one first.")
            refuse(None, text, code="needed")
        Authenticator.objects.filter(user_id=account.pk).delete()
    factor.delete()
    account.events.create(
        kind=AccountEvent.Kind.FACTOR_REMOVED,
        by=account,
        about={"what": factor.data.get("name", "")},
    )


@transaction.atomic
def rename_factor(account: Account, *, key: int, name: str) -> None:
    """Call an app or a key by the device that it is on; empty: by its kind.

    Raises:
        ValidationError: code `gone`.
    """
    factor = factors_of(account).select_for_update(of=["self"]).filter(pk=key).first()
    if factor is None:
        refuse(None, _("It is gone already."), code="gone")
    factor.data["name"] = name
    factor.save(update_fields=["data"])
    account.events.create(
        kind=AccountEvent.Kind.FACTOR_RENAMED, by=account, about={"what": name}
    )


@transaction.atomic
def ask_for_reset(account: Account, *, by: Account, now: datetime) -> FactorReset:
    """Ask that all second factors are taken off an account whose owner has lost them.

    It happens when another administrator confirms it: one alone could take over any
    account. The person is told, and so is whoever may confirm.

    Raises:
        ValidationError: code `self`, `none`, `open`; `nobody` if nobody could confirm.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if Account.objects.same_person(by).filter(pk=account.pk).exists():
        refuse(None, _("Nobody resets their own second factor."), code="self")
    if not factors_of(account).exists():
        refuse(None, _("This account has no second factor."), code="none")
    resets = FactorReset.objects.filter(account=account)
    if resets.open(now=now).exists():
        refuse(None, _("The reset has been asked for already."), code="open")
    second = second_persons(account, by=by, on=timezone.localdate(now))
    if not second:
        text = _(
            "There is no security administrator, here or above, who could confirm it. "
            "Whoever runs the server resets it there: manage.py reset_factor %(name)s"
        )
        refuse(None, text, code="nobody", name=account.username)
    resets.filter(outcome="").update(outcome=FactorReset.Outcome.LAPSED)
    reset = FactorReset.objects.create(account=account, asked_by=by, asked_at=now)
    account.events.create(
        kind=AccountEvent.Kind.RESET_ASKED, by=by, also_told=[it.pk for it in second]
    )
    return reset


@transaction.atomic
def decide_reset(
    reset: FactorReset, *, by: Account, now: datetime, confirm: bool
) -> None:
    """Confirm or refuse it, as the second person; who asked is told, and invites.

    Raises:
        ValidationError: code `over`, `one_person`.
    """
    reset = FactorReset.objects.select_for_update(of=["self"]).get(pk=reset.pk)
    if reset.outcome or now >= reset.until:
        refuse(None, _("It is decided or has lapsed already."), code="over")
    persons = Account.objects.same_person(by).values_list("pk", flat=True)
    if {reset.asked_by_id, reset.account_id} & set(persons):
        text = _("It takes another person than who asked, or whose account it is.")
        refuse(None, text, code="one_person")
    outcomes = FactorReset.Outcome
    reset.outcome = outcomes.CONFIRMED if confirm else outcomes.REFUSED
    reset.decided_by, reset.decided_at = by, now
    reset.save(update_fields=["outcome", "decided_by", "decided_at"])
    told = {"by": by, "also_told": [reset.asked_by_id]}
    told["about"] = {"asked_by": str(reset.asked_by)}
    if confirm:
        _take_all(reset.account, now=now, **told)
    else:
        reset.account.events.create(kind=AccountEvent.Kind.RESET_REFUSED, **told)


@transaction.atomic
def reset_on_server(account: Account, *, now: datetime) -> Invited:
    """Take them off from the command line, where no second person is."""
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    _take_all(account, now=now, by=None)
    return invite_account(account, by=None, now=now)


def _take_all(account: Account, *, now: datetime, **told: Any) -> None:
    """Whoever knows the password could set up factors of their own then: so it ends,
    too, and the person comes back by an invitation alone. All sessions end.
    """
    Authenticator.objects.filter(user_id=account.pk).delete()
    end_password(account, now=now)
    end_open_invitation(account, now=now)
    account.sessions.all().delete()
    account.events.create(kind=AccountEvent.Kind.FACTOR_RESET, **told)
