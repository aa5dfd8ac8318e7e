"""The stops of the last weeks at which a letter may have been handed over."""

from datetime import date, timedelta

from django.db.models import QuerySet

from cadres.models import Account
from visits.models import Stop, Visit
from visits.rules.visit_states import BOOKED

BACK = timedelta(days=31)
MOST = 50


def recent_stops(user: Account, *, on: date) -> QuerySet[Stop]:
    """Stops of visits this person may see, up to that day; the latest come first."""
    visits = Visit.objects.visible_to(user).filter(state__in=BOOKED)
    return (
        Stop.objects.filter(visit__in=visits.between(on - BACK, on))
        .filter(starts_at__date__lte=on)
        .select_related("place", "visit")
        .order_by("-starts_at", "pk")
    )
