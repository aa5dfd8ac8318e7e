from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.open_account import set_checked_password
from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent


@transaction.atomic
def reset_password(account: Account, *, by: Account, password: str) -> Account:
    """Give an account a new password; all its sessions end with the old one.

    Raises:
        ValidationError: code `closed`; or for `password`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if not account.is_active:
        refuse(None, _("This account is closed; reopen it instead."), code="closed")
    set_checked_password(account, password)
    account.save(update_fields=["password"])
    account.events.create(kind=AccountEvent.Kind.PASSWORD_RESET, by=by)
    return account
