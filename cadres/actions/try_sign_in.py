"""How often a password may be guessed, so that nobody can lock someone else out.

Browsers in which an account has signed in before are counted apart from all others: a
stranger who uses up the tries of the others leaves those of the official's own desk.
Both together make no more than ten guesses at one account in five minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting, WrongTry

A_MINUTE = timedelta(minutes=1)  # shown without seconds: never too early


class Locked(ValidationError):
    """Too many wrong tries at this name; the same for names that nobody has."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            _(
                "Too many wrong tries with this name. Sign-in opens again at %(time)s; "
                "on a device where you have signed in before it may be open now."
            ),
            code="locked",
            params={"time": f"{timezone.localtime(until + A_MINUTE):%H:%M}"},
        )


def name_digest(username: str) -> bytes:
    """One for every way to write the name, and nothing that says which it was."""
    return salted_hmac("wrong-try", username.strip().casefold()).digest()


@contextmanager
def one_at_a_time(username: str) -> Iterator[None]:
    """Tries at one name wait for each other, so that what is not decided yet is no
    wrong try: a right password is not refused because others are being looked at.
    """
    key = int.from_bytes(name_digest(username)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@transaction.atomic
def count_try(*, username: str, is_known: bool, now: datetime) -> int:
    """Count a try before the password is looked at (see `one_at_a_time`).

    Raises:
        Locked: and nothing is counted.
    """
    rules = Setting.objects.as_dict()
    name = name_digest(username)
    since = now - timedelta(minutes=rules["signin.lock_minutes"])
    tries = WrongTry.objects.filter(name=name, is_known=is_known, at__gt=since)
    last = list(tries.order_by("-at")[: rules["signin.tries"]])
    if len(last) >= rules["signin.tries"]:
        raise Locked(last[-1].at + timedelta(minutes=rules["signin.lock_minutes"]))
    counted: int = WrongTry.objects.create(name=name, is_known=is_known, at=now).pk
    return counted


def forgive_try(counted: int) -> None:
    """The password was right: it was no guess. The wrong ones before it still count."""
    WrongTry.objects.filter(pk=counted).delete()


def known_mark(account: Account) -> str:
    """What the cookie of a known browser says of an account: nothing to anyone else."""
    return salted_hmac("known-browser", str(account.pk)).hexdigest()[:16]
