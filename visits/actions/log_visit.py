"""Logging a visit: how it was, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Setting
from visits.actions.booking import (
    check_clashes,
    clashes_of,
    fill,
    is_race,
    lock_officials,
    points_of,
    set_span,
    taken,
    write_diary,
)
from visits.actions.correct_matter import (
    correct_matter,
    matters_of_log,
    withdraw_matters,
)
from visits.actions.move_visit import locked, record
from visits.actions.open_investigation import named_in_log
from visits.actions.raise_matter import log_matter
from visits.actions.refusals import Refusal, refuse
from visits.models import (
    DiaryEntry,
    Finding,
    Matter,
    Question,
    Reception,
    Stop,
    Talk,
    Visit,
    VisitEvent,
    VisitOfficial,
)
from visits.reports.visit_snapshot import changes_between, snapshot
from visits.rules.log import (
    ENTRIES,
    TALK_WORDS,
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
    withdrawn_because: str = "",
) -> Visit:
    """Write down how a visit was; the lead's own log is confirmed with it.

    Logging again corrects: what stood there before stays in the history, and the lead
    confirms anew. A planned stop that is missing from `stops` did not take place. A
    matter that is missing from `matters` is withdrawn, which needs a reason.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, `faults` (by row), `moved_on` (a
            matter on which others have acted stays), `has_questions` (so does a talk
            at which something was asked), `has_study_matter` (so does a stop at which a
            study raised a matter), or `double_booking` when someone
            in the team was elsewhere at that time.
        ValidationError: keyed `withdrawn_because` when the reason is missing.
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
                visit,
                by,
                now,
                version,
                stops,
                summary,
                actual_escorts,
                entries,
                withdrawn_because,
            )
    except (IntegrityError, OperationalError) as error:
        if is_race(error):
            found = clashes_of(_officials(visit), stops, by=by, now=now, besides=visit)
            raise taken(found) from error
        raise


def _officials(visit: Visit) -> list[Cadre]:
    return list(Cadre.objects.filter(visits__visit=visit).order_by("pk"))


def _log(
    visit: Visit,
    by: Account,
    now: datetime,
    version: int,
    stops: Sequence[StopLog],
    summary: str,
    actual_escorts: int | None,
    entries: dict[str, Sequence[Any]],
    withdrawn_because: str,
) -> Visit:
    visit = locked(visit, VisitState.LOGGED, version=version)
    lead = visit.team.select_related("official", "unit__place").get(part=Part.LEAD)
    settings = Setting.objects.as_dict()
    # The area is that of the unit they went for, whichever they belong to now.
    _check(stops, entries, lead.unit.place, now)
    officials = _officials(visit)
    lock_officials(officials)
    check_clashes(officials, stops, by=by, now=now, besides=visit)
    before = snapshot(visit)
    is_correction = visit.state in HELD

    set_span(visit, stops)
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
    _write_findings(rows, entries["findings"], lead, by, now)
    _keep_studied(visit, rows)
    _write_receptions(rows, entries["receptions"])
    _write_matters(rows, entries["matters"], by, lead.official, now, withdrawn_because)
    # Gone only now, when what hung on them has its new place or is withdrawn.
    visit.stops.exclude(pk__in=[row.pk for row in rows]).delete()

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
            *faults_of_stops(stops, earliest=date(1990, 1, 1), latest=today),
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
    DiaryEntry.objects.filter(stop__in=visit.stops.all()).delete()
    # Out of the way, so that no two stops share a position on the way to the new order.
    for offset, pk in enumerate(known):
        Stop.objects.filter(pk=pk).update(position=1000 + offset)
    rows = []
    for row, (plan, point) in enumerate(zip(stops, points_of(stops), strict=True)):
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
        fill(stop, plan, point)
        here = [
            activity
            for kind, (_type, activity) in ENTRIES.items()
            if any(entry.stop == row for entry in entries[kind])
        ]
        stop.activities = activities_logged(plan.activities, here)
        stop.clean_fields(exclude=["visit"])
        stop.save()
        rows.append(stop)
    write_diary(rows, visit.team.values_list("official_id", flat=True))
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
    model.objects.filter(stop__in=stops[0].visit.stops.all()).exclude(
        pk__in=kept
    ).delete()


def _write_talks(stops: list[Stop], entries: Sequence[TalkEntry]) -> None:
    rows = []
    for entry in entries:
        row = _row(Talk, stops, entry)
        for name in TALK_WORDS:
            setattr(row, name, getattr(entry, name))
        rows.append(row)
    _keep_asked(stops[0].visit, rows)
    _save_only(Talk, stops, rows)
    for row in rows:
        _take_along(row)


def _keep_asked(visit: Visit, rows: list[Talk]) -> None:
    """A talk at which something was asked is not taken out."""
    kept = [row.pk for row in rows if row.pk]
    asked = Question.objects.filter(talk__stop__visit=visit).exclude(talk__in=kept)
    if lost := asked.select_related("talk").first():
        refuse(
            _("Questions were asked at “%(theme)s”; it cannot be taken out."),
            code="has_questions",
            theme=lost.talk.theme,
        )


def _take_along(talk: Talk) -> None:
    """Matters that were asked for at a talk stand where it was."""
    moved = Matter.objects.filter(questions__talk=talk).exclude(stop=talk.stop)
    for matter in moved.select_for_update(of=("self",)):
        matter.stop = talk.stop
        matter.settle_at(talk.stop.place)
        matter.save()


def _write_findings(
    stops: list[Stop],
    entries: Sequence[FindingEntry],
    lead: VisitOfficial,
    by: Account,
    now: datetime,
) -> None:
    """One topic of one leader is one investigation, however many stops add to it."""
    rows = []
    for entry in entries:
        row = _row(Finding, stops, entry)
        row.investigation = named_in_log(
            entry.topic,
            lead=lead,
            opened_on=timezone.localdate(row.stop.starts_at),
            by=by,
            now=now,
        )
        row.text = entry.text
        rows.append(row)
    _save_only(Finding, stops, rows)


def _keep_studied(visit: Visit, rows: list[Stop]) -> None:
    """Matters that a study raised stand where it was found; that stop stays."""
    studied = Matter.objects.filter(
        stop__visit=visit, source=Matter.Source.STUDY
    ).select_for_update(of=("self",))
    stops = {row.pk: row for row in rows}
    for matter in studied.select_related("place").order_by("pk"):
        stop = stops.get(matter.stop_id or 0)
        if stop is None:
            refuse(
                _("A matter was raised at %(place)s; this stop cannot be taken out."),
                code="has_study_matter",
                place=matter.place.name,
            )
        if matter.place_id != stop.place_id:
            matter.settle_at(stop.place)
            matter.save()


def _write_receptions(stops: list[Stop], entries: Sequence[ReceptionEntry]) -> None:
    rows = []
    for entry in entries:
        row = _row(Reception, stops, entry)
        row.groups, row.person_visits = entry.groups, entry.person_visits
        row.matters = entry.matters
        rows.append(row)
    _save_only(Reception, stops, rows)


def _write_matters(
    stops: list[Stop],
    entries: Sequence[MatterEntry],
    by: Account,
    lead: Cadre,
    now: datetime,
    reason: str,
) -> None:
    """Each entry is a promise: a known one is corrected, one left out is withdrawn."""
    known = matters_of_log(stops[0].visit)
    for row, entry in enumerate(entries):
        stop = stops[entry.stop]
        matter = known.pop(entry.pk, None) if entry.pk else None
        if matter is None:
            log_matter(stop, entry, by=by, lead=lead, now=now)
        else:
            correct_matter(matter, stop, entry, row=row, by=by, now=now)
    withdraw_matters(known.values(), to=stops[0], by=by, reason=reason, now=now)
