"""The demo's accounts: one for each role, with one password for all.

They exist only where settings.DEMO is on; settings.DEMO_PASSWORD is never empty there.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
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


def make_demo_password() -> str:
    """The hash that all demo accounts share: they share the password anyway."""
    insist_on_demo()
    return make_password(settings.DEMO_PASSWORD)


@transaction.atomic
def keep_passwords() -> int:
    """Give every demo account the password that holds now; say how many changed."""
    insist_on_demo()
    accounts = Account.objects.filter(username__in=ACCOUNTS)
    hashes = set(accounts.values_list("password", flat=True))
    stale = [it for it in hashes if not check_password(settings.DEMO_PASSWORD, it)]
    if not stale:
        return 0
    return accounts.filter(password__in=stale).update(password=make_demo_password())
