"""Who may let a report out of the product as a file (handbook 9.3)."""

from django.db.models import Q
from django.utils import timezone

from cadres.models import Account, RoleGrant

APPROVE = "visits.approve_export"


def approvers_for(user: Account) -> list[Account]:
    """Heads and directors where this person works, and officials they act for.

    Who is one of these may let out their own, and stands first. Without a unit, one
    works where one's role to read reports holds.
    """
    officials, unit = user.acts_for_ids(), user.unit
    scopes = user.scopes("visits.view_district_report")
    places = [unit.place] if unit else [it.place for it in scopes if it.place]
    above = {pk for place in places for pk in place.chain_ids}
    grants = RoleGrant.objects.active(on=timezone.localdate()).filter(
        Q(unit__isnull=False, unit=unit)
        | Q(place__in=above)
        | Q(account__cadre__in=officials)
    )
    known = Account.objects.filter(is_active=True, pk__in=grants.values("account"))
    others = known.exclude(pk=user.pk).select_related("unit").with_grants()

    def may_approve(other: Account) -> bool:
        if other.cadre_id in officials:
            return other.has_perm(APPROVE)
        if unit:
            return other.reaches(APPROVE, unit=unit)
        return any(other.reaches(APPROVE, place=place) for place in places)

    found = [it for it in others.order_by("name", "pk") if may_approve(it)]
    return [user, *found] if user.has_perm(APPROVE) else found
