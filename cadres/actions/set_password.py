"""Setting a password: what it must be, and what becomes of the one before."""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Account, AccountEvent, Setting
from cadres.rules.sign_in import has_word, kinds_in

MOST_KEPT = 10
# What everyone here would try first.
WORDS = ["四下基层", "sixiajiceng", "grassroots", "xinfang", "信访", "基层"]


class OfficePolicy:
    """Django's validators call it: length, kinds, words and reuse as the office set."""

    def validate(self, password: str, user: Any = None) -> None:
        rules = Setting.objects.as_dict()
        faults = []
        if len(password) < rules["password.length"]:
            text = _("At least %(least)d characters.")
            faults.append(text % {"least": rules["password.length"]})
        if kinds_in(password) < rules["password.kinds"]:
            text = _(
                "At least %(least)d of these kinds: small letters, capital letters, "
                "digits, other characters."
            )
            faults.append(text % {"least": rules["password.kinds"]})
        if has_word(password, WORDS + _words_of(user)):
            faults.append(_("No names of yours, of your unit or of this system in it."))
        if not faults and _was_used(user, password, rules["password.history"]):
            faults.append(_("You have used this password before; take a new one."))
        if faults:
            raise ValidationError([ValidationError(it, code="policy") for it in faults])

    def get_help_text(self) -> str:
        rules = Setting.objects.as_dict()
        return _(
            "At least %(length)d characters, of at least %(kinds)d of these kinds: "
            "small letters, capital letters, digits, other characters. No name of "
            "yours, of your unit or of this system in it, and none of your last ones."
        ) % {"length": rules["password.length"], "kinds": rules["password.kinds"]}


def _words_of(user: Any) -> list[str]:
    if not isinstance(user, Account):
        return []
    words = [user.username, user.name, user.email.partition("@")[0]]
    if user.unit:
        words += [user.unit.name, user.unit.place.short_name]
    return [word for word in words if word]


def _was_used(user: Any, password: str, most: int) -> bool:
    if not most or not isinstance(user, Account) or user.pk is None:
        return False
    past = user.past_passwords.order_by("-pk").values_list("password", flat=True)
    used = [user.password, *past[: most - 1]]
    return any(check_password(password, it) for it in used if it)


def set_checked_password(account: Account, password: str, *, now: datetime) -> None:
    """Set a password that the validators accept, and keep what it replaces; saves.

    Raises:
        ValidationError: for `password`.
    """
    try:
        validate_password(password, account)
    except ValidationError as refusal:
        raise ValidationError({"password": refusal}) from refusal
    _keep_past(account, now=now)
    account.set_password(password)
    account.password_set_at = now
    account.save(update_fields=["password", "password_set_at"])


def end_password(account: Account, *, now: datetime) -> None:
    """Let no password open the account until the person sets one; saves."""
    _keep_past(account, now=now)
    account.set_unusable_password()
    account.save(update_fields=["password"])


def _keep_past(account: Account, *, now: datetime) -> None:
    if not account.has_usable_password():
        return
    past = account.past_passwords
    past.create(password=account.password, at=now)
    newest = past.order_by("-pk").values_list("pk", flat=True)[:MOST_KEPT]
    past.exclude(pk__in=list(newest)).delete()


@transaction.atomic
def set_own_password(
    account: Account, password: str, *, now: datetime, session: str | None
) -> None:
    """Change one's own password; every other session ends.

    Raises:
        ValidationError: for `password`.
    """
    set_checked_password(account, password, now=now)
    account.sessions.exclude(session_key=session).delete()
    account.events.create(kind=AccountEvent.Kind.PASSWORD_SET, by=account)
