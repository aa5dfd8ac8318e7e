"""Second factors: taken off by the person, or all at once by an administrator."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.begin_session import factors_of, needs_factor
from cadres.actions.invite import Invited, invite_account
from cadres.actions.refusals import refuse
from cadres.actions.set_password import end_password
from cadres.models import Account, AccountEvent, Setting


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
def reset_factors(account: Account, *, by: Account, now: datetime) -> Invited:
    """Take all second factors off an account whose owner has lost them.

    Whoever knows the password could set up their own then: so the password ends, too,
    and the person comes back by an invitation alone. All sessions end.

    Raises:
        ValidationError: code `self`, `closed`, `none`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account == by:
        refuse(None, _("Nobody resets their own second factor."), code="self")
    removed, _rows = Authenticator.objects.filter(user_id=account.pk).delete()
    if not removed:
        refuse(None, _("This account has no second factor."), code="none")
    end_password(account, now=now)
    account.sessions.all().delete()
    account.events.create(kind=AccountEvent.Kind.FACTOR_RESET, by=by)
    return invite_account(account, by=by, now=now)
