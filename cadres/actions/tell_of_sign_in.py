"""What a person is told of sign-ins to their account that may not have been theirs."""

from datetime import datetime, timedelta

from cadres.models import Account, AccountEvent, AuditEntry, Setting
from cadres.rules.devices import network_of

REMEMBERED = timedelta(days=90)
ONCE_IN = timedelta(hours=1)  # so that nobody is drowned in notices by a guesser


def tell_if_unusual(
    account: Account,
    *,
    is_known_browser: bool,
    address: str | None,
    device: str,
    now: datetime,
) -> None:
    """Tell of a sign-in in a browser that is not known, or from a network that none of
    the last 90 days came from. Call it before the sign-in is in the audit log.

    The very first one is what an account is opened for.
    """
    if not Setting.objects.as_dict()["signin.tell_unusual"]:
        return
    earlier = AuditEntry.objects.filter(
        account=account, kind=AuditEntry.Kind.SIGN_IN, act="signed_in"
    )
    if is_known_browser:
        recent = earlier.filter(at__gt=now - REMEMBERED)
        seen = recent.values_list("address", flat=True).distinct()
        if network_of(address) in map(network_of, seen):
            return
    if not earlier.exists():
        return
    _tell(account, AccountEvent.Kind.UNUSUAL, address, device, by=account)


def tell_of_tries(
    account: Account, kind: str, *, address: str | None, device: str, now: datetime
) -> None:
    """Tell that someone tried to sign in, once in an hour."""
    if not account.events.filter(kind=kind, at__gt=now - ONCE_IN).exists():
        _tell(account, kind, address, device)


def _tell(
    account: Account,
    kind: str,
    address: str | None,
    device: str,
    by: Account | None = None,
) -> None:
    about = {"device": device, "address": address or ""}
    account.events.create(kind=kind, by=by, about=about)
