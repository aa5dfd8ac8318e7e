"""Logging a visit: how it was, and what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import ExclusionViolation

from cadres.models import Account, Setting
from visits.actions.move_visit import locked, record
from visits.actions.plan_visit import stale
from visits.actions.refusals import Refusal, refuse
from visits.models import (
    DiaryEntry,
    Finding,
    Investigation,
    Matter,
    MatterState,
    Reception,
    Stop,
    Talk,
    Visit,
    VisitEvent,
)
from visits.reports.visit_snapshot import changes_between, snapshot
from visits.rules.counting import Spot, points
from visits.rules.half_days import half_days
from visits.rules.log import (
    ENTRIES,
    FindingEntry,
    MatterEntry,
    ReceptionEntry,
    StopLog,
    TalkEntry,
    activities_logged,
    faults_of_log,
    faults_of_matters,
    faults_of_receptions,
)
from visits.rules.plan import faults_of_places, faults_of_stops
from visits.rules.visibility import hidden_until
from visits.rules.visit_states import HELD, Part, VisitState


def log_visit(
    visit: Visit,
    *,
    by: Account,
    now: datetime,
    version: int,
    stops: Sequence[StopLog],
    summary: str = "",
    actual_escorts: int | None = None,
    talks: Sequence[TalkEntry] = (),
    findings: Sequence[FindingEntry] = (),
    receptions: Sequence[ReceptionEntry] = (),
    matters: Sequence[MatterEntry] = (),
) -> Visit:
    """Write down how a visit was; the lead's own log is confirmed with it.

    Logging again corrects: what stood there before stays in the history, and the lead
    confirms anew. A planned stop that is missing from `stops` did not take place.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, `faults` (by row), or
            `double_booking` when someone in the team was elsewhere at that time.
    """
    entries = {
        "talks": talks,
        "findings": findings,
        "receptions": receptions,
        "matters": matters,
    }
    try:
        with transaction.atomic():
            return _log(
                visit, by, now, version, stops, summary, actual_escorts, entries
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Refusal(
                _("Someone in the team was elsewhere at that time; check the times."),
                code="double_booking",
            ) from error
        raise


def _log(
    visit: Visit,
    by: Account,
    now: datetime,
    version: int,
    stops: Sequence[StopLog],
    summary: str,
    actual_escorts: int | None,
    entries: dict[str, Sequence[Any]],
) -> Visit:
    visit = locked(visit, VisitState.LOGGED)
    if visit.version != version:
        raise stale()
    lead = visit.team.select_related("official__unit__place").get(part=Part.LEAD)
    settings = Setting.objects.as_dict()
    _check(stops, entries, lead.official.unit.place, settings, now)
    before = snapshot(visit)
    is_correction = visit.state in HELD

    visit.starts_at = min(stop.starts_at for stop in stops)
    visit.ends_at = max(stop.ends_at for stop in stops)
    visit.starts_on = timezone.localdate(visit.starts_at)
    visit.ends_on = timezone.localdate(visit.ends_at - timedelta(microseconds=1))
    visit.hidden_until = hidden_until(
        visit.mode, visit.ends_at, settings["hidden.delay_hours"]
    )
    visit.state = VisitState.LOGGED
    visit.summary = summary
    visit.actual_escorts = actual_escorts
    visit.logged_by, visit.logged_at = by, now
    visit.confirmed_by = visit.confirmed_at = None
    if by.cadre_id == lead.official_id:
        visit.state = VisitState.CONFIRMED
        visit.confirmed_by, visit.confirmed_at = by, now
    visit.version += 1
    visit.full_clean()
    visit.save()

    rows = _write_stops(visit, stops, entries)
    _write_talks(rows, entries["talks"])
    _write_findings(rows, entries["findings"], lead.official)
    _write_receptions(rows, entries["receptions"])
    _write_matters(rows, entries["matters"])

    changes = changes_between(before, snapshot(visit))
    visit.events.create(
        kind=VisitEvent.Kind.CORRECTED if is_correction else VisitEvent.Kind.LOGGED,
        by=by,
        on_behalf_of=lead.official,
        changes=changes,
    )
    if visit.state == VisitState.CONFIRMED:
        record(visit, VisitEvent.Kind.CONFIRMED, by)
    return visit


def _check(
    stops: Sequence[StopLog],
    entries: dict[str, Sequence[Any]],
    area: Any,
    settings: dict[str, int],
    now: datetime,
) -> None:
    if not stops:
        refuse(
            _("Nothing took place? Then say so instead of logging."), code="no_stops"
        )
    today = timezone.localdate(now)
    faults = {
        "stops": [
            # How far back a plan may lie says nothing about a log that corrects it.
            *faults_of_stops(stops, earliest=today.replace(year=1990), latest=today),
            *faults_of_log(stops, now=now),
            *faults_of_places(stops, area=area, today=today),
        ],
        "receptions": list(faults_of_receptions(entries["receptions"])),
        "matters": list(faults_of_matters(entries["matters"])),
    }
    if any(faults.values()):
        raise Refusal(
            _("The log cannot stand like this."), code="faults", faults=faults
        )


def _write_stops(
    visit: Visit, stops: Sequence[StopLog], entries: dict[str, Sequence[Any]]
) -> list[Stop]:
    known = {stop.pk: stop for stop in visit.stops.select_related("place")}
    DiaryEntry.objects.filter(stop__visit=visit).delete()
    kept = {plan.pk for plan in stops if plan.pk in known}
    visit.stops.exclude(pk__in=kept).delete()
    # Out of the way, so that no two stops share a position on the way to the new order.
    for offset, pk in enumerate(kept):
        Stop.objects.filter(pk=pk).update(position=1000 + offset)
    found = points(
        Spot(s.place.province_id, s.place.prefecture_id, s.place.county_id)
        for s in stops
    )
    rows = []
    for row, (plan, point) in enumerate(zip(stops, found, strict=True)):
        stop = known.get(plan.pk) if plan.pk else None
        if stop is None:
            stop = Stop(visit=visit)
        elif stop.planned_place_id is None:
            stop.planned_place = stop.place
            stop.planned_starts_at = stop.starts_at
            stop.planned_ends_at = stop.ends_at
        stop.position = row + 1
        if stop.pk is None or stop.place_id != plan.place.pk:
            stop.settle_at(plan.place)
        stop.venue = plan.venue
        stop.starts_at, stop.ends_at = plan.starts_at, plan.ends_at
        here = [
            activity
            for kind, (_type, activity) in ENTRIES.items()
            if any(entry.stop == row for entry in entries[kind])
        ]
        stop.activities = activities_logged(plan.activities, here)
        stop.point_id = point
        stop.half_days = half_days(
            timezone.localtime(plan.starts_at), timezone.localtime(plan.ends_at)
        )
        stop.clean_fields(exclude=["visit"])
        stop.save()
        rows.append(stop)
    DiaryEntry.objects.bulk_create(
        DiaryEntry(
            official_id=official_id,
            stop=stop,
            starts_at=stop.starts_at,
            ends_at=stop.ends_at,
        )
        for stop in rows
        for official_id in visit.team.values_list("official_id", flat=True)
    )
    return rows


def _row(model: Any, stops: list[Stop], entry: Any) -> Any:
    """The entry's row of this visit, or a new one; a foreign key is nobody's row."""
    visit = stops[entry.stop].visit
    row = None
    if entry.pk:
        row = model.objects.filter(pk=entry.pk, stop__visit=visit).first()
    row = row or model()
    row.stop = stops[entry.stop]
    return row


def _save_only(model: Any, stops: list[Stop], rows: list[Any]) -> None:
    """Save `rows`, and drop what stood in this log before and is gone from it."""
    for row in rows:
        row.full_clean()
        row.save()
    kept = [row.pk for row in rows]
    model.objects.filter(stop__visit=stops[0].visit).exclude(pk__in=kept).delete()


def _write_talks(stops: list[Stop], entries: Sequence[TalkEntry]) -> None:
    rows = []
    for entry in entries:
        row = _row(Talk, stops, entry)
        row.theme, row.audience = entry.theme, entry.audience
        rows.append(row)
    _save_only(Talk, stops, rows)


def _write_findings(
    stops: list[Stop], entries: Sequence[FindingEntry], leader: Any
) -> None:
    """One topic of one leader is one investigation, however many stops add to it."""
    rows = []
    for entry in entries:
        row = _row(Finding, stops, entry)
        row.investigation, _new = Investigation.objects.get_or_create(
            leader=leader,
            topic=entry.topic,
            defaults={"opened_on": timezone.localdate(row.stop.starts_at)},
        )
        row.text = entry.text
        rows.append(row)
    _save_only(Finding, stops, rows)


def _write_receptions(stops: list[Stop], entries: Sequence[ReceptionEntry]) -> None:
    rows = []
    for entry in entries:
        row = _row(Reception, stops, entry)
        row.groups, row.person_visits = entry.groups, entry.person_visits
        row.matters = entry.matters
        rows.append(row)
    _save_only(Reception, stops, rows)


def _write_matters(stops: list[Stop], entries: Sequence[MatterEntry]) -> None:
    rows = []
    for entry in entries:
        row = _row(Matter, stops, entry)
        row.settle_at(row.stop.place)
        row.subject, row.decision = entry.subject, entry.decision
        row.state = MatterState.SETTLED if entry.settled else MatterState.ASSIGNED
        row.lead_unit, row.due_on = entry.lead_unit, entry.due_on
        row.raised_on = timezone.localdate(row.stop.starts_at)
        rows.append(row)
    _save_only(Matter, stops, rows)
