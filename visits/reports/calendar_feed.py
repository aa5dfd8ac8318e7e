"""One person's visits and deadlines as an iCalendar file (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import icalendar
from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account
from visits.models import LeaderHold, Letter, LetterEvent, Stop, Visit
from visits.rules.activities import Activity
from visits.rules.visit_states import TO_COME, Mode, VisitState

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
REFRESH = timedelta(minutes=30)
HOST = "four-grassroots"
MOST = 2000  # of each kind: more than a person's year has
STATUS = {
    VisitState.PLANNED: "TENTATIVE",
    VisitState.CANCELLED: "CANCELLED",
    VisitState.NOT_HELD: "CANCELLED",
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
        *_letters(account),
        *_holds(account),
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
        event = _event(
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


def _letters(account: Account) -> Iterator[icalendar.Event]:
    """The next legal limit of each letter that this person handles."""
    letters = (
        Letter.objects.visible_to(account)
        .unsealed()
        .filter(handler=account, due_on__isnull=False)
        .select_related("place")
        .defer("request", "facts", "search_text")
        .order_by("due_on", "pk")
    )[:MOST]
    changes = LetterEvent.objects.filter(letter__in=[it.pk for it in letters])
    changed = dict(changes.values_list("letter").annotate(Max("at")).order_by())
    for letter in letters:
        assert letter.due_on is not None
        changed_at = changed.get(letter.pk, letter.registered_at)
        event = _event(f"{letter.reference}-limit", changed_at, letter.version)
        words = _("%(clock)s: letter %(reference)s, %(place)s") % {
            "clock": letter.get_due_clock_display(),
            "reference": letter.printed_reference,
            "place": letter.place.name,
        }
        if letter.due_is_provisional:
            words = _("%(what)s (provisional)") % {"what": words}
        event.add("summary", words)
        _whole_day(event, letter.due_on)
        event.add(
            "url",
            settings.SITE_URL
            + reverse("visits:letter_detail", args=[letter.reference]),
        )
        yield event


def _holds(account: Account) -> Iterator[icalendar.Event]:
    """Deadlines of the letters that the officials one acts for hold (handbook 7.9)."""
    holds = (
        LeaderHold.objects.filter(
            leader__in=account.acts_for_ids(),
            ended_on__isnull=True,
            letter__in=Letter.objects.visible_to(account).unsealed(),
        )
        .select_related("letter__place", "leader")
        .annotate(changed_at=Max("letter__events__at"))
        .order_by("due_on", "pk")
    )
    for hold in holds[:MOST]:
        letter = hold.letter
        event = _event(f"{letter.reference}-held", hold.changed_at, letter.version)
        event.add(
            "summary",
            _("Held by %(leader)s: letter %(reference)s, %(place)s")
            % {
                "leader": hold.leader.name,
                "reference": letter.printed_reference,
                "place": letter.place.name,
            },
        )
        _whole_day(event, hold.due_on)
        yield event


def _event(name: str, changed_at: datetime, version: int) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{name}@{HOST}")
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", version)
    return event


def _whole_day(event: icalendar.Event, day: date) -> None:
    """All that day, without taking time in it."""
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
