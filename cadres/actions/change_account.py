from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse, stale
from cadres.models import Account, AccountEvent, Cadre, RoleGrant, Unit
from cadres.reports.fingerprint import fingerprint
from cadres.rules.roles import may_hold_both

FIELDS = ("username", "name", "email", "cadre_id", "unit_id", "provider_subject")


@transaction.atomic
def change_account(
    account: Account,
    *,
    by: Account,
    seen: str,
    username: str,
    name: str,
    unit: Unit | None,
    email: str = "",
    cadre: Cadre | None = None,
    provider_subject: str = "",
) -> Account:
    """Correct what is known about an account. `seen` is its fingerprint as shown.

    Raises:
        ValidationError: code `stale`; code `three_administrators` if the account would
            become one person's with another one whose roles do not go with its own.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if mark_of(account) != seen:
        raise stale()
    values: dict[str, Any] = {
        "username": username,
        "name": name,
        "email": email,
        "cadre": cadre,
        "unit": unit,
        "provider_subject": provider_subject,
    }
    changed = [it for it, value in values.items() if getattr(account, it) != value]
    for field, value in values.items():
        setattr(account, field, value)
    account.full_clean(exclude=["password"])
    _check_person(account)
    account.save(update_fields=list(values))
    if changed:
        account.events.create(
            kind=AccountEvent.Kind.CHANGED, by=by, about={"columns": changed}
        )
    return account


def mark_of(account: Account) -> str:
    return fingerprint(account, fields=FIELDS)


def _check_person(account: Account) -> None:
    persons = Account.objects.same_person(account)
    grants = list(
        RoleGrant.objects.filter(account__in=persons).not_over(on=timezone.localdate())
    )
    for own in grants:
        for other in grants:
            if (
                own.account_id == account.pk != other.account_id
                and _overlap(own, other)
                and not may_hold_both(own.role, other.role)
            ):
                refuse(
                    None,
                    _(
                        "This looks like the person of another account, and the roles "
                        "of the two must be held by different people."
                    ),
                    code="three_administrators",
                )


def _overlap(one: RoleGrant, other: RoleGrant) -> bool:
    return (one.last is None or one.last >= other.first) and (
        other.last is None or other.last >= one.first
    )
