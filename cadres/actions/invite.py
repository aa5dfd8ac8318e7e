"""Invitations: how a person comes to an account, and sets a password of their own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse
from cadres.actions.set_password import set_checked_password
from cadres.models import Account, AccountEvent, Invitation, Setting

# Without the letters and digits that look alike on paper.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Invited:
    """An invitation and its code, which is shown in one answer and kept nowhere."""

    invitation: Invitation
    code: str


def _code() -> str:
    """Sixteen characters in groups of four: easy to read out, hard to guess."""
    groups = ("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(4))
    return "-".join(groups)


def _digest(code: str) -> bytes:
    plain = "".join(sign for sign in code.lower() if sign in ALPHABET)
    return salted_hmac("invitation", plain).digest()


@transaction.atomic
def invite_account(account: Account, *, by: Account | None, now: datetime) -> Invited:
    """Make the code with which the person sets a password; an earlier one ends.

    The password of now, if there is one, holds until then, and second factors stay.

    Raises:
        ValidationError: code `self`, `closed`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account == by:
        refuse(None, _("Nobody invites themselves."), code="self")
    if not account.is_active:
        refuse(None, _("This account is closed; reopen it instead."), code="closed")
    end_open_invitation(account, now=now)
    code = _code()
    days = Setting.objects.as_dict()["invitation.days"]
    invitation = Invitation.objects.create(
        account=account,
        digest=_digest(code),
        by=by,
        at=now,
        valid_until=now + timedelta(days=days),
    )
    account.events.create(kind=AccountEvent.Kind.INVITED, by=by)
    return Invited(invitation, code)


@transaction.atomic
def end_invitation(account: Account, *, by: Account, now: datetime) -> None:
    """Withdraw the code that is out.

    Raises:
        ValidationError: code `none`.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if not end_open_invitation(account, now=now):
        refuse(None, _("No invitation of this account is out."), code="none")
    account.events.create(kind=AccountEvent.Kind.INVITATION_ENDED, by=by)


def end_open_invitation(account: Account, *, now: datetime) -> int:
    out = account.invitations.filter(used_at__isnull=True, revoked_at__isnull=True)
    return out.update(revoked_at=now)


@transaction.atomic
def accept_invitation(
    *, username: str, code: str, password: str, now: datetime
) -> Account:
    """Set the password with a code that holds; all earlier sessions end.

    A wrong name and a wrong code are answered alike.

    Raises:
        ValidationError: code `no_invitation`; or for `password`.
    """
    found = (
        Invitation.objects.open(now=now)
        .select_for_update(of=["self"])
        .filter(
            digest=_digest(code),
            account__username__iexact=username.strip(),
            account__is_active=True,
        )
        .select_related("account__unit__place")
    )
    invitation = found.first()
    if invitation is None:
        text = _("Name and code do not belong together, or the code has ended.")
        refuse(None, text, code="no_invitation")
    account = invitation.account
    set_checked_password(account, password, now=now)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    account.sessions.all().delete()
    account.events.create(kind=AccountEvent.Kind.PASSWORD_SET, by=account)
    return account
