from datetime import date

from django.db.models import Exists, OuterRef

from cadres.models import NATIONAL, Account, District
from visits.models import Stop, Visit

MOST = 1000  # more are "more than 1,000"


def planned_on(day: date, region: str, *, reader: Account) -> int:
    """How many visits to come lie on that day, up to one more than MOST.

    Of a region only those that go there; hidden ones count for nobody but their own.
    """
    visits = Visit.objects.to_come().between(day, day).countable_by(reader)
    if region != NATIONAL:
        place = District.objects.filter(code=region).order_by("-valid_from").first()
        if place is None:
            return 0
        here = {place.subtree_column: place.pk}
        visits = visits.filter(
            Exists(Stop.objects.filter(visit=OuterRef("pk"), **here))
        )
    return visits[: MOST + 1].count()
