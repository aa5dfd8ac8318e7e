"""Who can confirm that someone's second factors are reset."""

from datetime import date

from cadres.models import Account, RoleGrant
from cadres.rules.roles import Role


def second_persons(account: Account, *, by: Account, on: date) -> list[Account]:
    """The security administrators nearest to the account: of its unit, else of its
    place, else of the next place above that has any.

    Neither the person themselves nor who asks, whichever account they use.
    """
    if account.unit is None:
        return []
    known = Account.objects.same_person(account) | Account.objects.same_person(by)
    above = account.unit.place.chain_ids
    held = (
        RoleGrant.objects.active(on=on)
        .filter(role=Role.SECURITY_ADMIN, account__is_active=True)
        .exclude(account__in=known.values("pk"))
        .select_related("account", "place")
    )
    near = [
        *held.filter(unit=account.unit).order_by("pk"),
        *held.filter(place__in=above).order_by("-place__level", "pk"),
    ]
    if not near:
        return []
    return [it.account for it in near if it.place_id == near[0].place_id]
