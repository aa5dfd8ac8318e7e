"""What a plan of a visit consists of, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadres.rules.faults import Fault
from visits.rules.visit_states import Part

LONGEST_STOP = timedelta(days=31)


@dataclass(frozen=True)
class StopPlan:
    """A stop as asked for; times are aware and local."""

    place: Any
    starts_at: datetime
    ends_at: datetime
    activities: Sequence[str]
    venue: str = ""


@dataclass(frozen=True)
class Member:
    official: Any
    part: str = Part.LEAD


def faults_of_stops(
    stops: Sequence[StopPlan], *, earliest: date, latest: date
) -> Iterator[Fault]:
    """What is wrong with the times of `stops`; both days are still allowed."""
    for row, stop in enumerate(stops):
        if stop.ends_at <= stop.starts_at:
            text = _("The end must lie after the beginning.")
            yield Fault(row, "ends", "ends_first", text)
        elif stop.ends_at - stop.starts_at > LONGEST_STOP:
            text = _("A stop lasts at most 31 days.")
            yield Fault(row, "last_day", "too_long", text)
        if stop.starts_at.date() < earliest:
            text = _("This day lies too far back; the earliest is %(day)s.")
            yield Fault(row, "day", "too_early", text % {"day": earliest})
        elif stop.ends_at.date() > latest:
            text = _("This day lies too far ahead; the latest is %(day)s.")
            yield Fault(row, "day", "too_late", text % {"day": latest})
        before = stops[row - 1] if row else None
        if before and stop.starts_at < before.ends_at:
            text = _("This stop begins before the one above it ends.")
            yield Fault(row, "starts", "stops_overlap", text)


def faults_of_places(
    stops: Sequence[StopPlan], *, area: Any, today: date
) -> Iterator[Fault]:
    """Places that cannot be gone to: virtual, closed, future, outside `area`.

    `area` is the place of the lead's unit; officials visit what they are in charge of.
    A place that exists on the day is good, also when it has closed since.
    """
    for row, stop in enumerate(stops):
        place, day = stop.place, stop.starts_at.date()
        if place.is_virtual:
            text = _("This row exists in the code lists alone; choose a real place.")
            yield Fault(row, "place", "virtual_place", text)
        elif place.valid_from > day:
            text = _("This place exists only from %(day)s on.")
            yield Fault(row, "place", "future_place", text % {"day": place.valid_from})
        elif place.valid_to and place.valid_to < day:
            text = _("This place has not existed since %(day)s.")
            yield Fault(row, "place", "closed_place", text % {"day": place.valid_to})
        elif not area.contains(place):
            text = _("This place lies outside %(area)s, the area of the lead's unit.")
            yield Fault(row, "place", "out_of_scope", text % {"area": area.path})


def faults_of_team(team: Sequence[Member]) -> Iterator[Fault]:
    leads = [row for row, member in enumerate(team) if member.part == Part.LEAD]
    if not leads:
        text = _("Say who leads the visit.")
        yield Fault(0, "part", "no_lead", text)
    for row in leads[1:]:
        yield Fault(row, "part", "second_lead", _("A visit has one lead."))
    seen = set()
    for row, member in enumerate(team):
        if member.official.pk in seen:
            text = _("This official is already in the team.")
            yield Fault(row, "official", "twice_in_team", text)
        seen.add(member.official.pk)
