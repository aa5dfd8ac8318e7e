from datetime import datetime

from django.db import transaction

from cadres.actions.invite import Invited, invite_account
from cadres.models import Account, AccountEvent, Cadre, Unit


@transaction.atomic
def open_account(
    *,
    by: Account | None,
    now: datetime,
    username: str,
    name: str,
    unit: Unit | None,
    email: str = "",
    cadre: Cadre | None = None,
    provider_subject: str = "",
) -> Invited:
    """Open an account, and make the code with which its owner sets a password.

    It may do nothing until someone else gives it a role. `by` is None on the server's
    command line.
    """
    account = Account(
        username=username,
        name=name,
        email=email,
        cadre=cadre,
        unit=unit,
        provider_subject=provider_subject,
    )
    account.set_unusable_password()
    account.full_clean()
    account.save()
    account.events.create(kind=AccountEvent.Kind.OPENED, by=by)
    return invite_account(account, by=by, now=now)
