from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.open_account import set_checked_password
from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent


@transaction.atomic
def close_account(account: Account, *, by: Account) -> Account:
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
    account.events.create(kind=AccountEvent.Kind.CLOSED, by=by)
    return account


@transaction.atomic
def reopen_account(account: Account, *, by: Account, password: str) -> Account:
    """Let an account in again, with a new password: old sessions stay dead.

    Raises:
        ValidationError: code `already`; or for `password`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account.is_active:
        refuse(None, _("This account is open already."), code="already")
    set_checked_password(account, password)
    account.is_active = True
    account.save(update_fields=["is_active", "password"])
    account.events.create(kind=AccountEvent.Kind.REOPENED, by=by)
    return account
