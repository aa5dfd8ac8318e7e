"""The demo's accounts: one for each role, with one password for all.

They exist only where settings.DEMO is on. The password is DEMO_PASSWORD, else a random
one that is kept beside the secret key, because a hash cannot be shown again.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.functional import Promise

from cadres.models import Account
from cadres.rules.roles import Role

ACCOUNTS: dict[str, str] = {
    "leader": Role.LEADER,
    "liaison": Role.LIAISON,
    "clerk": Role.CLERK,
    "petition": Role.PETITION_OFFICER,
    "handler": Role.HANDLER,
    "head": Role.UNIT_HEAD,
    "review": Role.REVIEW_OFFICER,
    "seal": Role.SEAL_OFFICER,
    "district": Role.DISTRICT_ADMIN,
    "reader": Role.REPORT_READER,
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "auditor": Role.AUDITOR,
}
# Without letters and digits that look alike: it is read off a screen and typed.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class DemoAccount:
    username: str
    role: str | Promise


def insist_on_demo() -> None:
    """Refuse outside the demo mode.

    Raises:
        ImproperlyConfigured: with a sentence that says what is off.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured(
            "The demo is off here (it is on where the embedded PostgreSQL runs, or "
            "with DEMO=1): neither its data nor its accounts are made."
        )


def demo_accounts() -> list[DemoAccount]:
    return [DemoAccount(name, Role(role).label) for name, role in ACCOUNTS.items()]


def demo_password() -> str:
    """The password of all demo accounts; a random one is made once and kept."""
    insist_on_demo()
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    path = Path(settings.VAR_DIR) / "demo_password"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if kept:
            return kept
        handle = os.open(path, os.O_WRONLY)
    password = "-".join(
        "".join(secrets.choice(ALPHABET) for _letter in range(4)) for _part in range(4)
    )
    with os.fdopen(handle, "w") as file:
        file.write(password)
    return password


@transaction.atomic
def keep_passwords() -> int:
    """Give every demo account the password that holds now; say how many changed."""
    password = demo_password()
    changed = 0
    for account in Account.objects.filter(username__in=ACCOUNTS):
        if not account.check_password(password):
            account.set_password(password)
            account.save(update_fields=["password"])
            changed += 1
    return changed
