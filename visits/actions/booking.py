"""What every booking checks and writes, however it comes about.

Locks are always taken in this order, each kind by key: the visit, its officials, the
counties it goes to. So two bookings wait for each other and never for ever.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected, ExclusionViolation

from cadres.models import Account, Cadre, CalendarDay, ContactPoint, District, Unit
from visits.actions.refusals import Refusal, refuse
from visits.models import DiaryEntry, Stop, Visit, VisitOfficial
from visits.reports.clashes import Clash, clashes
from visits.reports.crowding import crowding
from visits.rules.counting import Spot, points
from visits.rules.free_windows import Window
from visits.rules.half_days import half_days
from visits.rules.plan import (
    Member,
    StopPlan,
    faults_of_places,
    faults_of_stops,
    faults_of_team,
)
from visits.rules.visit_states import Part


def lead_of(team: Sequence[Member]) -> Cadre:
    lead: Cadre = next(m.official for m in team if m.part == Part.LEAD)
    return lead


def lock_officials(officials: Iterable[Cadre]) -> None:
    keys = {official.pk for official in officials}
    rows = Cadre.objects.select_for_update(no_key=True).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk"))


def lock_counties(stops: Iterable[StopPlan]) -> None:
    """Two bookings of one county wait for each other, so that both see the other."""
    keys = {stop.place.county_id for stop in stops if stop.place.county_id}
    rows = District.objects.select_for_update(no_key=True).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk"))


def stale() -> Refusal:
    return Refusal(
        _("Someone else has changed this visit meanwhile. Compare, then save again."),
        code="stale",
    )


def taken(found: list[Clash]) -> Refusal:
    return Refusal(
        _("Someone in the team is taken at that time."),
        code="double_booking",
        clashes=found,
    )


def check_faults(
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    settings: Mapping[str, int],
    today: date,
) -> None:
    """Refuse what is wrong with the plan in itself, all at once, by row."""
    if not stops:
        refuse(_("A visit goes to at least one place."), code="no_stops")
    faults = {
        "team": list(faults_of_team(team)),
        "stops": list(
            faults_of_stops(
                stops,
                earliest=today - timedelta(days=settings["plan.past_days"]),
                latest=today + timedelta(days=settings["plan.ahead_days"]),
            )
        ),
    }
    if not any(fault.code == "no_lead" for fault in faults["team"]):
        area = lead_of(team).unit.place
        faults["stops"] += faults_of_places(stops, area=area, today=today)
    if any(faults.values()):
        raise Refusal(
            _("The plan cannot stand like this."), code="faults", faults=faults
        )


def clashes_of(
    officials: Iterable[Cadre],
    stops: Iterable[StopPlan | Stop],
    *,
    by: Account,
    now: datetime,
    besides: Visit | None = None,
) -> list[Clash]:
    return clashes(
        officials,
        [
            Window(timezone.localtime(stop.starts_at), timezone.localtime(stop.ends_at))
            for stop in stops
        ],
        reader=by,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        now=now,
        besides=besides,
    )


def check_clashes(
    officials: Iterable[Cadre],
    stops: Iterable[StopPlan | Stop],
    *,
    by: Account,
    now: datetime,
    besides: Visit | None = None,
) -> None:
    if found := clashes_of(officials, stops, by=by, now=now, besides=besides):
        raise taken(found)


def is_race(error: Exception) -> bool:
    """Whether the database decided between two bookings that came at once."""
    return isinstance(error, IntegrityError | OperationalError) and isinstance(
        error.__cause__, ExclusionViolation | DeadlockDetected
    )


def check_crowding(
    stops: Sequence[StopPlan],
    *,
    unit: Unit,
    by: Account,
    today: date,
    settings: dict[str, int],
    besides: Visit | None = None,
    series: int | None = None,
) -> None:
    found = crowding(
        stops,
        unit=unit,
        reader=by,
        settings=settings,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        today=today,
        besides=besides,
        series=series,
    )
    if found:
        raise Refusal(
            _("Others go there around that time. Choose a way out, or say why."),
            code="crowded",
            crowding=found,
        )


def is_contact_point(lead: Cadre, stops: Iterable[StopPlan | Stop]) -> bool:
    """Whether one of the places is a contact point of the lead on that day."""
    known = ContactPoint.objects.filter(cadre=lead).select_related("place")
    return any(
        point.place.contains(stop.place)
        and point.first <= timezone.localdate(stop.starts_at)
        and (point.last is None or timezone.localdate(stop.starts_at) <= point.last)
        for point in known
        for stop in stops
    )


def contact_point_as_told(
    visit: Visit, lead: Cadre, stops: Iterable[StopPlan | Stop]
) -> bool | None:
    """What the planner said of the contact point; None if it followed from the list."""
    told = visit.is_contact_point
    return None if told == is_contact_point(lead, stops) else told


def write_rows(
    visit: Visit,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    *,
    is_booked: bool,
) -> None:
    """Write team, stops and diary of a visit that has none of them."""
    VisitOfficial.objects.bulk_create(
        VisitOfficial(
            visit=visit,
            official=member.official,
            part=member.part,
            unit=member.official.unit,
        )
        for member in team
    )
    rows = []
    for position, (plan, point) in enumerate(
        zip(stops, points_of(stops), strict=True), start=1
    ):
        stop = Stop(visit=visit, position=position)
        fill(stop, plan, point)
        stop.settle_at(plan.place)
        stop.clean_fields(exclude=["visit"])
        rows.append(stop)
    Stop.objects.bulk_create(rows)
    if is_booked:
        write_diary(rows, [member.official.pk for member in team])


def points_of(stops: Sequence[StopPlan]) -> list[int]:
    return points(
        Spot(s.place.province_id, s.place.prefecture_id, s.place.county_id)
        for s in stops
    )


def fill(stop: Stop, plan: StopPlan, point: int) -> None:
    """Take what the plan says of a stop, but for its place."""
    stop.venue, stop.activities = plan.venue, list(plan.activities)
    stop.starts_at, stop.ends_at = plan.starts_at, plan.ends_at
    stop.point_id = point
    stop.half_days = half_days(
        timezone.localtime(plan.starts_at), timezone.localtime(plan.ends_at)
    )


def write_diary(stops: Iterable[Stop], officials: Collection[int]) -> None:
    DiaryEntry.objects.bulk_create(
        DiaryEntry(
            official_id=official,
            stop=stop,
            starts_at=stop.starts_at,
            ends_at=stop.ends_at,
        )
        for stop in stops
        for official in officials
    )


def set_span(visit: Visit, stops: Sequence[StopPlan]) -> None:
    """A visit spans its stops; its days are local, the end does not belong to it."""
    visit.starts_at = min(stop.starts_at for stop in stops)
    visit.ends_at = max(stop.ends_at for stop in stops)
    visit.starts_on = timezone.localdate(visit.starts_at)
    visit.ends_on = timezone.localdate(visit.ends_at - timedelta(microseconds=1))
