"""A unified action in the counting words of the handbook (4.5)."""

from django.db.models import Count, F, Func, QuerySet

from visits.models import Stop, Visit, VisitOfficial


class Pair(Func):
    """Two columns as one value, to be counted once each."""

    template = "(%(expressions)s)"


def action_counts(visits: QuerySet[Visit]) -> dict[str, int]:
    """Officials, visits, official-visits and place-visits of `visits` that stand."""
    booked = visits.booked()  # type: ignore[attr-defined]
    team = VisitOfficial.objects.filter(visit__in=booked)
    people = team.aggregate(
        officials=Count("official", distinct=True), official_visits=Count("pk")
    )
    places = Stop.objects.filter(visit__in=booked).aggregate(
        visits=Count("visit", distinct=True),
        place_visits=Count(Pair(F("visit"), F("point")), distinct=True),
    )
    return people | places
