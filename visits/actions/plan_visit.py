"""Planning a visit, and changing the plan: the same checks, the same rows."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected, ExclusionViolation

from cadres.models import Account, Cadre, CalendarDay, District, Setting
from visits.actions.refusals import Refusal, refuse
from visits.models import (
    Action,
    DiaryEntry,
    Stop,
    Visit,
    VisitEvent,
    VisitOfficial,
)
from visits.reports.clashes import clashes
from visits.reports.crowding import crowding
from visits.reports.visit_snapshot import changes_between, snapshot
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
from visits.rules.visibility import hidden_until
from visits.rules.visit_states import EDITABLE, Part, VisitState

FIELDS = (
    "mode",
    "purpose",
    "is_contact_point",
    "is_emergency",
    "escorts_own",
    "escorts_superior",
    "escorts_prefecture",
    "escorts_county",
    "escorts_township",
    "vehicles",
    "press",
    "materials",
    "crowding_reason",
)


def plan_visit(
    *,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    client_key: UUID,
    action: Action | None = None,
    as_draft: bool = False,
    **fields: Any,
) -> Visit:
    """Book a visit, or keep it as a draft that takes nobody's time.

    Sent twice with the same `client_key` by the same person, it answers with the
    visit that stands already. The lead's own plan is approved with it.

    Raises:
        Refusal: faults by row; clashes with free windows; crowding without a reason.
    """
    known = Visit.objects.filter(planned_by=by, client_key=client_key).first()
    if known:
        return known
    try:
        with transaction.atomic():
            visit = Visit(planned_by=by, client_key=client_key, action=action)
            _write(visit, by, now, team, stops, as_draft, fields)
            visit.events.create(
                kind=VisitEvent.Kind.PLANNED, by=by, on_behalf_of=_lead(team)
            )
            return visit
    except (IntegrityError, OperationalError, ValidationError) as error:
        # The same form, sent twice at once: the first one to arrive has won.
        known = Visit.objects.filter(planned_by=by, client_key=client_key).first()
        if known:
            return known
        _taken_meanwhile(error, by, now, team, stops, None)
        raise


def change_plan(
    visit: Visit,
    *,
    by: Account,
    now: datetime,
    version: int,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    action: Action | None = None,
    as_draft: bool = False,
    **fields: Any,
) -> Visit:
    """Replace a plan that has not been logged; someone approves it anew.

    Raises:
        Refusal: as in `plan_visit`; code `stale` if the visit has changed since
            `version`; code `move_not_allowed` once it is logged or over.
    """
    try:
        with transaction.atomic():
            visit = Visit.objects.select_for_update().get(pk=visit.pk)
            if visit.state not in EDITABLE:
                refuse(
                    _("A visit that is “%(state)s” can no longer be planned anew."),
                    code="move_not_allowed",
                    state=visit.get_state_display(),
                )
            if visit.version != version:
                raise stale()
            if as_draft and visit.state != VisitState.DRAFT:
                as_draft = False
            before = snapshot(visit)
            visit.action = action
            DiaryEntry.objects.filter(stop__visit=visit).delete()
            visit.stops.all().delete()
            visit.team.all().delete()
            _write(visit, by, now, team, stops, as_draft, fields)
            visit.events.create(
                kind=VisitEvent.Kind.REPLANNED,
                by=by,
                on_behalf_of=_lead(team),
                changes=changes_between(before, snapshot(visit)),
            )
            return visit
    except (IntegrityError, OperationalError) as error:
        _taken_meanwhile(error, by, now, team, stops, visit)
        raise


def stale() -> Refusal:
    return Refusal(
        _("Someone else has changed this visit meanwhile. Compare, then save again."),
        code="stale",
    )


def _lead(team: Sequence[Member]) -> Cadre:
    return next(m.official for m in team if m.part == Part.LEAD)


def _write(
    visit: Visit,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    as_draft: bool,
    fields: dict[str, Any],
) -> None:
    settings = Setting.objects.as_dict()
    today = timezone.localdate(now)
    _check_faults(team, stops, settings, today)
    lead = _lead(team)
    if not as_draft:
        # In key order, so that two bookings wait for each other and never deadlock.
        list(
            Cadre.objects.select_for_update(no_key=True)
            .filter(pk__in=[member.official.pk for member in team])
            .order_by("pk")
        )
        _check_clashes(visit, by, now, team, stops)
        if not fields.get("is_emergency"):
            _check_crowding(visit, by, today, stops, settings, fields)

    for name in FIELDS:
        if name in fields:
            setattr(visit, name, fields[name])
    visit.unit = lead.unit
    visit.starts_at = min(stop.starts_at for stop in stops)
    visit.ends_at = max(stop.ends_at for stop in stops)
    visit.starts_on = timezone.localdate(visit.starts_at)
    visit.ends_on = timezone.localdate(visit.ends_at - timedelta(microseconds=1))
    visit.hidden_until = hidden_until(
        visit.mode, visit.ends_at, settings["hidden.delay_hours"]
    )
    if as_draft:
        visit.state = VisitState.DRAFT
    elif by.cadre_id == lead.pk and by.has_perm("visits.approve_visit"):
        visit.state = VisitState.APPROVED
    else:
        visit.state = VisitState.PLANNED
    if visit.pk:
        visit.version += 1
    visit.full_clean()
    visit.save()
    write_rows(visit, team, stops, is_booked=not as_draft)


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
    found = points(
        Spot(s.place.province_id, s.place.prefecture_id, s.place.county_id)
        for s in stops
    )
    rows = []
    for position, (plan, point) in enumerate(zip(stops, found, strict=True), start=1):
        stop = Stop(
            visit=visit,
            position=position,
            venue=plan.venue,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            activities=list(plan.activities),
            point_id=point,
            half_days=half_days(
                timezone.localtime(plan.starts_at), timezone.localtime(plan.ends_at)
            ),
        )
        stop.settle_at(plan.place)
        stop.clean_fields(exclude=["visit"])
        rows.append(stop)
    Stop.objects.bulk_create(rows)
    if is_booked:
        DiaryEntry.objects.bulk_create(
            DiaryEntry(
                official=member.official,
                stop=stop,
                starts_at=stop.starts_at,
                ends_at=stop.ends_at,
            )
            for stop in rows
            for member in team
        )


def _check_faults(
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    settings: dict[str, int],
    today: date,
) -> None:
    faults = {"team": list(faults_of_team(team)), "stops": []}
    if not stops:
        refuse(_("A visit goes to at least one place."), code="no_stops")
    faults["stops"] += faults_of_stops(
        stops,
        earliest=today - timedelta(days=settings["plan.past_days"]),
        latest=today + timedelta(days=settings["plan.ahead_days"]),
    )
    if not any(fault.code == "no_lead" for fault in faults["team"]):
        area = _lead(team).unit.place
        faults["stops"] += faults_of_places(stops, area=area, today=today)
    if any(faults.values()):
        raise Refusal(
            _("The plan cannot stand like this."), code="faults", faults=faults
        )


def _check_clashes(
    visit: Visit,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
) -> None:
    found = clashes(
        [member.official for member in team],
        [Window(stop.starts_at, stop.ends_at) for stop in stops],
        reader=by,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        now=now,
        besides=visit if visit.pk else None,
    )
    if found:
        raise taken(found)


def taken(found: list[Any]) -> Refusal:
    return Refusal(
        _("Someone in the team is taken at that time."),
        code="double_booking",
        clashes=found,
    )


def _check_crowding(
    visit: Visit,
    by: Account,
    today: date,
    stops: Sequence[StopPlan],
    settings: dict[str, int],
    fields: dict[str, Any],
) -> None:
    # Two bookings of one place wait for each other, so that both cannot slip through.
    counties = {stop.place.county_id for stop in stops if stop.place.county_id}
    list(
        District.objects.select_for_update(no_key=True)
        .filter(pk__in=counties)
        .order_by("pk")
        .values_list("pk")
    )
    if fields.get("crowding_reason"):
        return
    found = crowding(
        stops,
        reader=by,
        settings=settings,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        today=today,
        besides=visit if visit.pk else None,
    )
    if found:
        raise Refusal(
            _("Others go there around that time. Choose a way out, or say why."),
            code="crowded",
            crowding=found,
        )


def _taken_meanwhile(
    error: Exception,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    visit: Visit | None,
) -> None:
    """Answer a race that the database decided as the check before it would have."""
    if not isinstance(error.__cause__, ExclusionViolation | DeadlockDetected):
        return
    found = clashes(
        [member.official for member in team],
        [Window(stop.starts_at, stop.ends_at) for stop in stops],
        reader=by,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        now=now,
        besides=visit,
    )
    raise taken(found) from error
