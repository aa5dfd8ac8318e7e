"""Whose a matter is: the people of its lead unit, and those who decided it."""

from django.db.models import Q
from django.utils import timezone

from cadres.models import Account, Mandate, RoleGrant
from cadres.rules.roles import Role
from visits.models import Matter

UNIT_ROLES = (Role.HANDLER, Role.UNIT_HEAD)


def unit_people(matter: Matter) -> list[Account]:
    """Handlers and heads of the lead unit; nobody where it is not in this system."""
    return people_of_unit(matter.unit_id)


def deciders(matter: Matter) -> list[Account]:
    """The official who decided, and those who act for them today."""
    return acting_for(matter.decided_by_id)


def people_of_unit(unit: int | None) -> list[Account]:
    if unit is None:
        return []
    today = timezone.localdate()
    grants = RoleGrant.objects.active(on=today).filter(role__in=UNIT_ROLES, unit=unit)
    return list(
        Account.objects.filter(is_active=True, pk__in=grants.values("account"))
        .select_related("cadre")
        .order_by("pk")
    )


def acting_for(official: int) -> list[Account]:
    """Their own account, and those with a mandate today."""
    today = timezone.localdate()
    mandates = Mandate.objects.active(on=today).filter(cadre=official)
    mine = Q(cadre=official) | Q(pk__in=mandates.values("account"))
    rows = Account.objects.filter(mine, is_active=True)
    return list(rows.select_related("cadre").order_by("pk"))
