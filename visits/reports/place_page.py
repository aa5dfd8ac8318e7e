"""What the page of a place shows: the places below it and the visits there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    When,
)
from django.utils import timezone

from cadres.models import Account, Cadre, ContactPoint, District
from cadres.reports.keyset import Page, page_of
from cadres.rules.levels import Level
from visits.models import Stop, Visit
from visits.rules.visit_states import VisitState

COMING = 10
PER_PAGE = 15


@dataclass(frozen=True)
class Below:
    """A place below, and the days since the last visit there; None if there is none."""

    place: District
    days: int | None


def places_below(place: District, reader: Account, *, on: date) -> list[Below]:
    """The next places down by code. Ages rest on held visits the reader may count."""
    counted = Visit.objects.held().countable_by(reader)

    def last_in(level: Level) -> Subquery:
        here = Stop.objects.filter(**{level.column: OuterRef("pk")})
        stops = here.filter(visit__in=counted).order_by("-starts_at")
        return Subquery(stops.values("ends_at")[:1])

    levels = [level for level in Level if level > place.level]
    last_at = Case(
        *(When(level=level, then=last_in(level)) for level in levels),
        default=None,
        output_field=DateTimeField(),
    )
    rows: Any = District.objects.valid(on=on).right_below(place)
    return [
        Below(row, _days_since(row.last_at, on))
        for row in rows.annotate(last_at=last_at).order_by("code")
    ]


def _days_since(moment: datetime | None, on: date) -> int | None:
    return (on - timezone.localdate(moment)).days if moment else None


def visits_at(place: District, reader: Account) -> QuerySet[Visit]:
    """Visits with a stop there or below, as places were then, that one may see."""
    here = {place.subtree_column: place.pk}
    return (
        Visit.objects.visible_to(reader)
        .filter(Exists(Stop.objects.filter(visit=OuterRef("pk"), **here)))
        .exclude(state=VisitState.CANCELLED)
        .prefetch_related("stops__place", "team__official")
    )


def coming_visits(visits: QuerySet[Visit], *, on: date) -> list[Visit]:
    """The next ones that end on that day or later; one more than is shown."""
    coming = visits.filter(ends_on__gte=on).order_by("starts_on", "pk")
    return list(coming[: COMING + 1])


def past_visits(
    visits: QuerySet[Visit], *, on: date, older: str = "", newer: str = ""
) -> Page[Visit]:
    """One page, newest first; `older`, `newer` name the visit it lies next to."""
    past = visits.filter(ends_on__lt=on)
    edge = (
        past.filter(reference=(older or newer)[:8]).first() if older or newer else None
    )
    return page_of(
        past,
        "-starts_on",
        "-pk",
        size=PER_PAGE,
        after=edge if older else None,
        before=None if older else edge,
    )


def contacts_at(
    places: Collection[District], reader: Account, *, on: date
) -> QuerySet[ContactPoint]:
    """Whose contact points they are that day, of officials the reader may see."""
    return (
        ContactPoint.objects.filter(place__in=places, first__lte=on)
        .exclude(last__lt=on)
        .filter(cadre__in=Cadre.objects.visible_to(reader))
        .select_related("cadre__unit")
        .order_by("cadre__pinyin", "cadre", "pk")
    )


def is_of_today(place: District, *, on: date) -> bool:
    """Whether one can go there: it exists that day, and not only in the code lists."""
    return (
        not place.is_virtual
        and place.valid_from <= on
        and (place.valid_to is None or place.valid_to >= on)
    )
