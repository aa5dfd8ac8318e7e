import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cadres.models import Account, AccountEvent, Cadre, Unit

# Without the letters and digits that look alike on paper.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def random_password() -> str:
    """Sixteen characters in groups of four: easy to read out, hard to guess."""
    groups = ("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(4))
    return "-".join(groups)


def set_checked_password(account: Account, password: str) -> None:
    """Set a password that the validators accept; the caller saves it.

    Raises:
        ValidationError: for `password`.
    """
    try:
        validate_password(password, account)
    except ValidationError as refusal:
        raise ValidationError({"password": refusal}) from refusal
    account.set_password(password)


@transaction.atomic
def open_account(
    *,
    by: Account | None,
    username: str,
    name: str,
    password: str,
    unit: Unit | None,
    email: str = "",
    cadre: Cadre | None = None,
) -> Account:
    """Open an account; it may do nothing until someone else gives it a role.

    `by` is None on the server's command line.
    """
    account = Account(username=username, name=name, email=email, cadre=cadre, unit=unit)
    set_checked_password(account, password)
    account.full_clean()
    account.save()
    account.events.create(kind=AccountEvent.Kind.OPENED, by=by)
    return account
