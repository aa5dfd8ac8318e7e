"""A session begins: what holds for it is written into it, once."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from cadres.models import Account, Setting
from cadres.models.session import STATE
from cadres.rules.devices import device_in_words
from cadres.rules.roles import Role

PASSWORD, FACTOR = "password", "factor"


def begin_session(request: HttpRequest, account: Account, *, now: datetime) -> None:
    """Keep when and where it began, its limits, and what must be done before all else.

    They hold until it ends: a limit that is changed meanwhile is that of the next one.
    """
    rules = Setting.objects.as_dict()
    seconds = int(now.timestamp())
    request.session.pop("ended", None)
    request.session[STATE] = {
        "account": account.pk,
        "at": seconds,
        "seen": seconds,
        "idle": rules["signin.idle_minutes"] * 60,
        "until": seconds + rules["signin.longest_hours"] * 3600,
        "address": _address(request),
        "device": device_in_words(request.META.get("HTTP_USER_AGENT", "")),
        "first": what_comes_first(
            account,
            rules,
            now=now,
            is_proven=getattr(request, "factor_proven", False),
        ),
    }
    if rules["signin.one_session"]:
        account.sessions.exclude(session_key=request.session.session_key).delete()


def _address(request: HttpRequest) -> str | None:
    if not request.META.get("REMOTE_ADDR"):
        return None
    try:
        found: str = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a proxy of ours that did not say whom it speaks for
        return None
    return found


def what_comes_first(
    account: Account, rules: dict[str, int], *, now: datetime, is_proven: bool = False
) -> list[str]:
    """What the person must set before any page opens: PASSWORD, FACTOR, or nothing.

    `is_proven`: a trusted identity provider has seen a second factor.
    """
    first = []
    days = rules["password.max_days"]
    if days and account.has_usable_password():
        set_at = account.password_set_at
        if set_at is None or set_at < now - timedelta(days=days):
            first.append(PASSWORD)
    is_needed = needs_factor(account, rules) and not is_proven
    if is_needed and not factors_of(account).exists():
        first.append(FACTOR)
    return first


def needs_factor(account: Account, rules: dict[str, int]) -> bool:
    """Whether one of the account's roles asks for a second factor; without a role, yes
    where all roles ask for one.
    """
    asking = {role for role in Role if rules[f"factor.{role}"]}
    if not asking:
        return False
    today = timezone.localdate()
    held = set(account.grants.active(on=today).values_list("role", flat=True))
    return bool(held & asking) if held else asking == set(Role)


def factors_of(account: Account) -> Any:
    """Apps and keys; recovery codes alone are none."""
    codes = Authenticator.Type.RECOVERY_CODES
    return Authenticator.objects.filter(user_id=account.pk).exclude(type=codes)


def still_first(state: dict[str, Any], account: Account) -> list[str]:
    """What is left of it now."""
    since = state["at"]
    left = list(state["first"])
    set_at = account.password_set_at
    if PASSWORD in left and set_at and set_at.timestamp() >= since:
        left.remove(PASSWORD)
    if FACTOR in left and factors_of(account).exists():
        left.remove(FACTOR)
    return left
