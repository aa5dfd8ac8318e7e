from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.invite import Invited, end_open_invitation, invite_account
from cadres.actions.refusals import refuse
from cadres.actions.set_password import end_password
from cadres.models import Account, AccountEvent


@transaction.atomic
def close_account(account: Account, *, by: Account, now: datetime) -> Account:
    """Shut an account out from its next request on; its records stay.

    Raises:
        ValidationError: code `self`, `already`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account == by:
        refuse(None, _("Nobody closes their own account."), code="self")
    if not account.is_active:
        refuse(None, _("This account is closed already."), code="already")
    account.is_active = False
    account.save(update_fields=["is_active"])
    account.sessions.all().delete()
    end_open_invitation(account, now=now)
    account.events.create(kind=AccountEvent.Kind.CLOSED, by=by)
    return account


@transaction.atomic
def reopen_account(account: Account, *, by: Account, now: datetime) -> Invited:
    """Let an account in again, by an invitation: its old password does not come back.

    Raises:
        ValidationError: code `already`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account.is_active:
        refuse(None, _("This account is open already."), code="already")
    end_password(account, now=now)
    account.is_active = True
    account.save(update_fields=["is_active"])
    account.events.create(kind=AccountEvent.Kind.REOPENED, by=by)
    return invite_account(account, by=by, now=now)
