from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent, District, RoleGrant, Unit
from cadres.rules.roles import OWN, SEPARATE, Role, may_hold_both


@transaction.atomic
def grant_role(
    account: Account,
    *,
    by: Account | None,
    today: date,
    role: str,
    first: date,
    last: date | None = None,
    place: District | None = None,
    unit: Unit | None = None,
) -> RoleGrant:
    """Let an account hold a role at a place or unit for a time; both days belong to it.

    `by` is None on the server's command line.

    Raises:
        ValidationError: code `self`, `closed`, `three_administrators`; or by argument.
    """
    # All accounts of one person, in key order: two grants at once wait for each other.
    persons = list(
        Account.objects.same_person(account)
        .select_for_update(of=["self"])
        .order_by("pk")
    )
    account = next(one for one in persons if one.pk == account.pk)
    if by in persons:
        refuse(None, _("Nobody gives roles to themselves."), code="self")
    if not account.is_active:
        refuse(None, _("This account is closed."), code="closed")
    if first < today:
        refuse("first", _("A role cannot begin in the past."), code="past")
    if role not in OWN and not (place or unit):
        refuse("place", _("Say where: a place or a unit."), code="nowhere")
    if role == Role.LEADER and not account.cadre_id:
        text = _("This account belongs to no official, so it cannot be a leader’s.")
        refuse("role", text, code="no_official")
    _check_other_roles(account, persons, role, first, last, place, unit)
    grant = RoleGrant(
        account=account, role=role, place=place, unit=unit, first=first, last=last
    )
    grant.full_clean()
    grant.save()
    account.events.create(
        kind=AccountEvent.Kind.ROLE_GRANTED, by=by, about=about_role(grant)
    )
    # Who may do more begins a new session.
    if first == today:
        account.sessions.all().delete()
    return grant


def about_role(grant: RoleGrant) -> dict[str, str]:
    return {
        "role": grant.role,
        "where": grant.where,
        "first": str(grant.first),
        "last": str(grant.last or ""),
    }


def _check_other_roles(
    account: Account,
    persons: list[Account],
    role: str,
    first: date,
    last: date | None,
    place: District | None,
    unit: Unit | None,
) -> None:
    held = RoleGrant.objects.filter(account__in=persons).overlapping(first, last)
    for other in held:
        if not may_hold_both(role, other.role):
            three = role in SEPARATE and other.role in SEPARATE
            text = (
                _(
                    "System administrator, security administrator and auditor must be "
                    "three different people."
                )
                if three
                else _("A security administrator holds no other role.")
            )
            refuse("role", text, code="three_administrators")
        if (other.account_id, other.role, other.place, other.unit) == (
            account.pk,
            role,
            place,
            unit,
        ):
            text = _("The account holds this role there in that time already.")
            refuse("role", text, code="already")
    if role == Role.SECURITY_ADMIN:
        acting = account.mandates.overlapping(first, last)
        if acting.exists():
            text = _("A security administrator acts for nobody; end the mandate first.")
            refuse("role", text, code="has_mandate")
