"""Moving a planned visit to another time or another official, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre
from visits.actions.booking import contact_point_as_told, lead_of, stale
from visits.actions.move_visit import record
from visits.actions.plan_visit import change_plan
from visits.actions.refusals import refuse
from visits.models import Visit, VisitEvent
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import VisitState


def stops_of(visit: Visit) -> list[StopPlan]:
    """The plan of a visit's stops, in local time."""
    return [
        StopPlan(
            stop.place,
            timezone.localtime(stop.starts_at),
            timezone.localtime(stop.ends_at),
            stop.activities,
            stop.venue,
        )
        for stop in visit.stops.select_related("place").order_by("position")
    ]


def team_of(visit: Visit) -> list[Member]:
    rows = visit.team.select_related("official__unit__place").order_by("pk")
    return [Member(row.official, row.part) for row in rows]


def shift_visit(
    visit: Visit,
    *,
    by: Account,
    now: datetime,
    version: int,
    team: Sequence[Member],
    stops: Sequence[StopPlan],
    crowding_reason: str = "",
) -> Visit:
    """Put a visit at other times or with another official; all else stays.

    It is a change of the plan like any other: the same checks, and approved anew.

    Raises:
        Refusal: as in `change_plan`; code `no_change` if it lies there already.
    """
    stood, members = stops_of(visit), team_of(visit)
    if (list(stops), list(team)) == (stood, members) and visit.version == version:
        refuse(_("The visit is there already."), code="no_change")
    return change_plan(
        visit,
        by=by,
        now=now,
        version=version,
        team=team,
        stops=stops,
        action=visit.action,
        as_draft=visit.state == VisitState.DRAFT,
        is_emergency=visit.is_emergency,
        is_contact_point=contact_point_as_told(visit, lead_of(members), stood),
        crowding_reason=crowding_reason,
    )


def remembered(visit: Visit) -> dict[str, Any]:
    """What is needed to put a visit back to where it lies now, as plain values."""
    return {
        "state": visit.state,
        "reason": visit.crowding_reason,
        "times": [
            [stop.starts_at.isoformat(), stop.ends_at.isoformat()]
            for stop in stops_of(visit)
        ],
        "team": [[member.official.pk, member.part] for member in team_of(visit)],
    }


@transaction.atomic
def undo_shift(
    visit: Visit, *, by: Account, now: datetime, version: int, before: Mapping[str, Any]
) -> Visit:
    """Put a visit back to what `remembered` kept, if nothing has changed since.

    A plan that was approved is the approved one again, to the minute, and counts so.

    Raises:
        Refusal: code `stale` if the visit has changed since `version`; as in
            `change_plan` if its old place in the diaries is taken by now.
    """
    stood = stops_of(visit)
    if visit.version != version or len(stood) != len(before["times"]):
        raise stale()
    stops = [
        replace(
            stop,
            starts_at=timezone.localtime(datetime.fromisoformat(starts)),
            ends_at=timezone.localtime(datetime.fromisoformat(ends)),
        )
        for stop, (starts, ends) in zip(stood, before["times"], strict=True)
    ]
    known = Cadre.objects.select_related("unit__place").in_bulk(
        [pk for pk, _part in before["team"]]
    )
    team = [Member(known[pk], part) for pk, part in before["team"]]
    visit = shift_visit(
        visit,
        by=by,
        now=now,
        version=version,
        team=team,
        stops=stops,
        crowding_reason=before["reason"],
    )
    was, approved = visit.state, (VisitState.APPROVED, VisitState.ANNOUNCED)
    if was == VisitState.PLANNED and before["state"] in approved:
        visit.state = before["state"]
        visit.version += 1
        visit.save(update_fields=["state", "version"])
        note = _("The move is undone; it stands as it was approved.")
        record(visit, VisitEvent.Kind.REPLANNED, by, note, was)
    return visit
