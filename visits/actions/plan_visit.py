"""Planning a visit, and changing the plan: the same checks, the same rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting
from visits.actions.booking import (
    check_clashes,
    check_crowding,
    check_faults,
    clashes_of,
    is_contact_point,
    is_race,
    lead_of,
    lock_counties,
    lock_officials,
    set_span,
    stale,
    taken,
    write_rows,
)
from visits.actions.refusals import refuse
from visits.actions.series_pattern import mark_changed
from visits.models import Action, DiaryEntry, Series, Visit, VisitEvent
from visits.reports.visit_snapshot import changes_between, snapshot
from visits.rules.plan import Member, StopPlan
from visits.rules.visibility import hidden_until
from visits.rules.visit_states import EDITABLE, VisitState

FIELDS = (
    "mode",
    "purpose",
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
    series: Series | None = None,
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
            _write(visit, by, now, team, stops, as_draft, fields, series)
            visit.events.create(
                kind=VisitEvent.Kind.PLANNED, by=by, on_behalf_of=lead_of(team)
            )
            return visit
    except (IntegrityError, OperationalError, ValidationError) as error:
        # The same form, sent twice at once: the first one to arrive has won.
        known = Visit.objects.filter(planned_by=by, client_key=client_key).first()
        if known:
            return known
        if is_race(error):
            officials = [member.official for member in team]
            raise taken(clashes_of(officials, stops, by=by, now=now)) from error
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
    series: Series | None = None,
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
            if visit.version != version:
                raise stale()
            if visit.state not in EDITABLE:
                refuse(
                    _("A visit that is “%(state)s” can no longer be planned anew."),
                    code="move_not_allowed",
                    state=visit.get_state_display(),
                )
            if as_draft and visit.state != VisitState.DRAFT:
                as_draft = False
            before = snapshot(visit)
            visit.action = action
            DiaryEntry.objects.filter(stop__in=visit.stops.all()).delete()
            visit.stops.all().delete()
            visit.team.all().delete()
            # Changed by hand, it stays linked to its series, but may leave its plan.
            known = series or Series.objects.filter(dates__visit=visit).first()
            _write(visit, by, now, team, stops, as_draft, fields, known)
            if known and not series:
                mark_changed(visit, known, team, stops)
            visit.events.create(
                kind=VisitEvent.Kind.REPLANNED,
                by=by,
                on_behalf_of=lead_of(team),
                changes=changes_between(before, snapshot(visit)),
            )
            return visit
    except (IntegrityError, OperationalError) as error:
        if is_race(error):
            officials = [member.official for member in team]
            found = clashes_of(officials, stops, by=by, now=now, besides=visit)
            raise taken(found) from error
        raise


def _write(
    visit: Visit,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    as_draft: bool,
    fields: dict[str, Any],
    series: Series | None,
) -> None:
    settings = Setting.objects.as_dict()
    today = timezone.localdate(now)
    check_faults(team, stops, settings, today)
    lead = lead_of(team)
    besides = visit if visit.pk else None
    if not as_draft:
        officials = [member.official for member in team]
        lock_officials(officials)
        check_clashes(officials, stops, by=by, now=now, besides=besides)
        lock_counties(stops)
        if not (fields.get("is_emergency") or fields.get("crowding_reason")):
            check_crowding(
                stops,
                unit=lead.unit,
                by=by,
                today=today,
                settings=settings,
                besides=besides,
                series=series.pk if series else None,
            )

    for name in FIELDS:
        if name in fields:
            setattr(visit, name, fields[name])
    # Left open, it follows from the lead's list of contact points.
    told = fields.get("is_contact_point")
    visit.is_contact_point = is_contact_point(lead, stops) if told is None else told
    visit.unit = lead.unit
    set_span(visit, stops)
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
