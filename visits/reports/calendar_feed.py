"""One person's visits and deadlines as an iCalendar file (RFC 5545)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
from django.conf import settings
from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account
from visits.models import ReceptionSession, SessionLeader, Stop, Visit
from visits.reports.calendar_event import MOST, event_of
from visits.reports.calendar_limits import limits_of
from visits.rules.activities import Activity
from visits.rules.sessions import SessionState
from visits.rules.visit_states import TO_COME, Mode, VisitState

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
REFRESH = timedelta(minutes=30)
STATUS = {
    VisitState.PLANNED: "TENTATIVE",
    VisitState.CANCELLED: "CANCELLED",
    VisitState.NOT_HELD: "CANCELLED",
}
SESSION_STATUS = {
    SessionState.PLANNED: "TENTATIVE",
    SessionState.CANCELLED: "CANCELLED",
}


def feed_of(account: Account, *, now: datetime) -> bytes:
    """The calendar of `account`: stops of its own visits, limits in its own hands.

    What it may not see, and sealed letters, are never in it; of a letter only its
    reference, clock and place are. The same state of things gives the same bytes.
    """
    today = timezone.localdate(now)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Four Grassroots//visits//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Four Grassroots"))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in (
        *_stops(account, today),
        *_sessions(account, today),
        *limits_of(account),
    ):
        calendar.add_component(event)
    calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body


def _stops(account: Account, today: date) -> Iterator[icalendar.Event]:
    """One event a stop: the night between two days of a visit is nobody's booking."""
    visits = (
        Visit.objects.visible_to(account)
        .own_of(account)
        .between(today - BACK, today + AHEAD)
        .exclude(state=VisitState.DRAFT)
    )
    stops = (
        Stop.objects.filter(visit__in=visits)
        .select_related("visit", "place")
        .prefetch_related("visit__team__official")
        .annotate(changed_at=Coalesce(Max("visit__events__at"), "visit__created_at"))
        .order_by("starts_at", "pk")
    )
    for stop in stops[:MOST]:
        visit = stop.visit
        # One key for the life of the stop; a change comes with a higher version.
        event = event_of(
            f"{visit.reference}-{stop.position}", stop.changed_at, visit.version
        )
        event.add("summary", f"{stop.place.name} · {visit.purpose}")
        event.add("dtstart", timezone.localtime(stop.starts_at))
        event.add("dtend", timezone.localtime(stop.ends_at))
        event.add("location", " · ".join(filter(None, (stop.place.path, stop.venue))))
        event.add("description", _about(stop))
        event.add("categories", [str(Activity(it).label) for it in stop.activities])
        event.add("status", STATUS.get(VisitState(visit.state), "CONFIRMED"))
        event.add("url", settings.SITE_URL + visit.get_absolute_url())
        if visit.mode == Mode.UNANNOUNCED:
            event.add("class", "CONFIDENTIAL")
        if visit.state not in TO_COME:
            event.add("transp", "TRANSPARENT")
        yield event


def _about(stop: Stop) -> str:
    visit = stop.visit
    lines = [
        "、".join(it.official.name for it in visit.team.all()),
        f"{visit.get_state_display()} · {visit.get_mode_display()}",
    ]
    if visit.reason_ended:
        lines.append(visit.reason_ended)
    return "\n".join(lines)


def _sessions(account: Account, today: date) -> Iterator[icalendar.Event]:
    """Receptions by the officials one acts for; one on a visit is its stop already."""
    led = SessionLeader.objects.filter(
        official__in=account.acts_for_ids(), left_at__isnull=True
    )
    sessions: Any = (
        ReceptionSession.objects.visible_to(account)
        .filter(pk__in=led.values("session"))
        .filter(on__range=(today - BACK, today + AHEAD))
        .exclude(stop__visit__in=Visit.objects.visible_to(account).own_of(account))
        .for_list()
        .annotate(changed_at=Max("events__at"), changes=Count("events"))
        .order_by("starts_at", "pk")
    )
    for session in sessions[:MOST]:
        changed_at = session.changed_at or session.planned_at
        event = event_of(session.reference, changed_at, session.changes)
        event.add("summary", _("Reception · %(place)s") % {"place": session.place.name})
        event.add("dtstart", timezone.localtime(session.starts_at))
        event.add("dtend", timezone.localtime(session.ends_at))
        event.add("location", f"{session.place.path} · {session.venue}")
        names = [it.official.name for it in session.team if it.left_at is None]
        event.add("description", "\n".join(["、".join(names), session.topic]).strip())
        event.add("status", SESSION_STATUS.get(session.state, "CONFIRMED"))
        event.add("url", settings.SITE_URL + session.get_absolute_url())
        yield event
