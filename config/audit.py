"""What the audit log learns from a request: who asks, from where, by which page.

The database writes most entries itself, by triggers, and cannot see a request. So each
write of a request to a table that it watches is told beforehand, in the transaction.
"""

import json
import re
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cadres.actions.tell_of_sign_in import tell_if_unusual, tell_of_tries
from cadres.actions.write_audit import write_audit
from cadres.models import Account, AccountEvent, AuditEntry
from cadres.rules.devices import device_in_words
from config.known_browser import knows

WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
WATCHED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
WHERE tgfoid IN (SELECT oid FROM pg_proc
  WHERE proname IN ('audit_chain', 'audit_change', 'audit_event'))
"""
TELL = "SELECT set_config('grassroots.asking', %s, true)"


class Teller:
    """Wraps the statements of one request (`connection.execute_wrapper`)."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.request_id = str(uuid.uuid4())

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        found = WRITE.match(sql)
        if not found or found[1] not in _watched():
            return execute(sql, params, many, context)
        # What is set holds until the transaction ends: without one, make one.
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            connection.connection.execute(TELL, [self._words()])
            return execute(sql, params, many, context)

    def _words(self) -> str:
        match = self.request.resolver_match
        user = getattr(self.request, "user", None)
        words = {
            "account": user.pk if user else None,
            "address": address_of(self.request),
            "request": self.request_id,
            "source": match.view_name if match else None,
        }
        return json.dumps({name: it for name, it in words.items() if it})


@cache
def _watched() -> frozenset[str]:
    rows = connection.connection.execute(WATCHED).fetchall()
    return frozenset(table for (table,) in rows)


def address_of(request: HttpRequest) -> str | None:
    """Where it comes from, as the limits of sign-in see it; None if that is unclear."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return None


def Audited(  # noqa: N802
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say who asks, whatever the request writes; write down what was refused."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(Teller(request)):
            response = get_response(request)
            if response.status_code == 403 and request.user.is_authenticated:
                write_audit(AuditEntry.Kind.REFUSED, "refused", succeeded=False)
            return response

    return middleware


# --- Sign-in and sign-out -------------------------------------------------------------


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    with transaction.atomic():
        tell_if_unusual(
            user, is_known_browser=knows(request, user), **_from_where(request)
        )
        write_audit(AuditEntry.Kind.SIGN_IN, "signed_in", by=user)


def _from_where(request: HttpRequest) -> dict[str, Any]:
    return {
        "address": address_of(request),
        "device": device_in_words(request.META.get("HTTP_USER_AGENT", "")),
        "now": timezone.now(),
    }


@receiver(user_logged_out)
def signed_out(user: Account | None, **_kwargs: Any) -> None:
    if user:
        write_audit(AuditEntry.Kind.SIGN_IN, "signed_out", by=user)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], **_kwargs: Any) -> None:
    write_failed_sign_in("failed", credentials.get("username", ""))


@receiver(authentication_failed)
def factor_failed(request: HttpRequest, user: Account, **_kwargs: Any) -> None:
    """The password was right, and the code or key after it was not.

    On a device that knows them, it was their own finger.
    """
    with transaction.atomic():
        write_audit(AuditEntry.Kind.SIGN_IN, "factor_failed", by=user, succeeded=False)
        if not knows(request, user):
            kind = AccountEvent.Kind.HALF_WAY
            tell_of_tries(user, kind, **_from_where(request))


def write_failed_sign_in(act: str, username: str) -> Account | None:
    """`act` is "failed", or "locked_out" where not even the password was looked at."""
    account = Account.objects.filter(username__iexact=username).first()
    # What is no account may be a password typed into the wrong field.
    told: dict[str, Any] = {} if account else {"typed": _keyed(username)}
    write_audit(AuditEntry.Kind.SIGN_IN, act, by=account, succeeded=False, **told)
    return account


@transaction.atomic
def write_lock_out(request: HttpRequest, username: str, *, is_of_name: bool) -> None:
    """`is_of_name`: the name is locked, not just the address that tries came from."""
    account = write_failed_sign_in("locked_out", username)
    if account and is_of_name:
        tell_of_tries(account, AccountEvent.Kind.LOCKED, **_from_where(request))


def _keyed(username: str) -> str:
    return salted_hmac("audit.typed", username.casefold()).hexdigest()[:16]
