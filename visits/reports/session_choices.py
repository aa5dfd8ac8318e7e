"""Desks, leaders and stops that someone may name for a reception session."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from cadres.models import Account, Cadre, Unit
from visits.models import ReceptionSession, Stop, Visit
from visits.rules.activities import Activity
from visits.rules.sessions import SessionState
from visits.rules.visit_states import BOOKED, Mode

AROUND = timedelta(days=31)


def session_desks(user: Account) -> QuerySet[Unit]:
    """Petition offices of one's scope, or beside the officials one acts for."""
    own = Cadre.objects.filter(pk__in=user.acts_for_ids())
    reach = Q(place__in=own.values("unit__place"))
    mine = Unit.objects.in_scopes(user, "visits.plan_session")
    reach |= Q(pk__in=mine.values("pk"))
    desks = Unit.objects.filter(reach, kind=Unit.Kind.PETITION, dissolved_into=None)
    return desks.order_by("level", "name", "pk")


def session_leaders(user: Account, *, on: date) -> QuerySet[Cadre]:
    """Officials one acts for; for a desk, those of its place as well."""
    reach = Q(pk__in=user.acts_for_ids())
    for scope in user.scopes("visits.plan_session"):
        if scope.place:
            reach |= scope.q(place="unit__place", unit="unit")
    desks = Unit.objects.in_scopes(user, "visits.plan_session")
    petition = desks.filter(kind=Unit.Kind.PETITION)
    reach |= Q(unit__place__in=petition.values("place"))
    rows = Cadre.objects.here(on=on).filter(reach).with_post(on=on)
    return rows.select_related("unit").order_by("unit__level", "unit__name", "pk")


def session_stops(user: Account, *, on: date) -> QuerySet[Stop]:
    """Receptions on announced visits in one's sight: a session is never hidden."""
    seen = Visit.objects.visible_to(user).filter(state__in=BOOKED)
    visits = seen.exclude(mode=Mode.UNANNOUNCED).between(on - AROUND, on + 2 * AROUND)
    stops = Stop.objects.filter(
        visit__in=visits, activities__contains=[Activity.RECEPTION]
    )
    return stops.select_related("place", "visit").order_by("starts_at", "pk")


def sessions_to_enter(user: Account, *, on: date) -> QuerySet[ReceptionSession]:
    """Sessions of one's desk at which letters may have been taken down."""
    rows = ReceptionSession.objects.bookable_by(user).filter(
        state__in=[SessionState.PUBLISHED, SessionState.HELD],
        on__range=(on - AROUND, on),
    )
    return rows.select_related("place").order_by("-on", "-pk")
