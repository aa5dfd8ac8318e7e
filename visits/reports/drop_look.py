"""What a visit would meet at the place of the board where it is about to be put."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cadres.models import Account, Cadre, CalendarDay, Setting
from cadres.rules.working_days import WorkingCalendar
from visits.models import Visit
from visits.reports.clashes import Clash, clashes
from visits.reports.crowding import Crowding, crowding
from visits.rules.free_windows import Window
from visits.rules.moving import HOURS, Half
from visits.rules.plan import (
    Member,
    StopPlan,
    faults_of_places,
    faults_of_stops,
    faults_of_team,
)
from visits.rules.visit_states import Part


@dataclass(frozen=True)
class RestDay:
    date: date
    name: str


@dataclass(frozen=True)
class Look:
    """`faults` are words: with one of them, or a clash, the plan cannot stand."""

    clashes: list[Clash]
    rest_days: list[RestDay]
    faults: list[Any] = field(default_factory=list)
    crowding: Crowding | None = None

    @property
    def is_refused(self) -> bool:
        return bool(self.faults or self.clashes)

    @property
    def is_clear(self) -> bool:
        return not (self.is_refused or self.rest_days or self.crowding)


def look_at_move(
    visit: Visit,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    *,
    reader: Account,
    now: datetime,
) -> Look:
    """What `visit` would meet with this team at these times; changes nothing."""
    settings, today = Setting.objects.as_dict(), timezone.localdate(now)
    lead = next(member.official for member in team if member.part == Part.LEAD)
    working = CalendarDay.objects.working_calendar()
    faults = [
        *faults_of_team(team),
        *faults_of_stops(
            stops,
            earliest=today - timedelta(days=settings["plan.past_days"]),
            latest=today + timedelta(days=settings["plan.ahead_days"]),
        ),
        *faults_of_places(stops, area=lead.unit.place, today=today),
    ]
    found = clashes(
        [member.official for member in team],
        [Window(stop.starts_at, stop.ends_at) for stop in stops],
        reader=reader,
        is_workday=working.is_workday,
        now=now,
        besides=visit,
    )
    near = crowding(
        stops,
        unit=lead.unit,
        reader=reader,
        settings=settings,
        is_workday=working.is_workday,
        today=today,
        besides=visit,
    )
    days = [(stop.starts_at.date(), stop.ends_at.date()) for stop in stops]
    rest = _rest_days(working, min(days)[0], max(last for _first, last in days))
    return Look(found, rest, [fault.message for fault in faults], near)


def look_at_days(
    official: Cadre | None,
    first: tuple[date, str],
    last: tuple[date, str],
    *,
    reader: Account,
    now: datetime,
) -> Look:
    """What stands in the way of a new visit on these days, whatever its place."""
    working = CalendarDay.objects.working_calendar()
    begin = _moment(first[0], HOURS[Half(first[1] or Half.MORNING)][0])
    end = _moment(last[0], HOURS[Half(last[1] or Half.AFTERNOON)][1])
    found = clashes(
        [official] if official else [],
        [Window(begin, end)] if begin < end else [],
        reader=reader,
        is_workday=working.is_workday,
        now=now,
    )
    return Look(found, _rest_days(working, first[0], last[0]))


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _rest_days(working: WorkingCalendar, first: date, last: date) -> list[RestDay]:
    length = min((last - first).days, 31)
    days = [first + timedelta(days=n) for n in range(length + 1)]
    return [RestDay(it, working.why(it)) for it in days if not working.is_workday(it)]
