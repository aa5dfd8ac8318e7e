"""For which offices someone takes in letters."""

from django.db.models import Q, QuerySet

from cadres.models import Account, Unit

PERMISSION = "visits.register_letter"


def intake_offices(user: Account) -> QuerySet[Unit]:
    """Units that one's role names; within a role for a place, its petition offices.

    The account's own unit is among them when the role reaches it.
    """
    named = Q(pk__in=user.unit_ids(PERMISSION))
    return (
        Unit.objects.in_scopes(user, PERMISSION)
        .filter(named | Q(kind=Unit.Kind.PETITION) | Q(pk=user.unit_id))
        .filter(dissolved_into__isnull=True)
        .order_by("level", "name", "pk")
    )
