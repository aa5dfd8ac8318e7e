"""The moves of a visit that carry at most a reason: approve, announce, end, confirm."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.booking import stale
from visits.actions.refusals import refuse
from visits.models import DiaryEntry, Visit, VisitEvent
from visits.rules.visit_states import Mode, Part, VisitState, may_move


def locked(visit: Visit, wanted: str, *, version: int | None = None) -> Visit:
    """Lock the visit's row and make sure that it may move to `wanted`.

    Raises:
        Refusal: code `stale` if it has changed since `version`; `move_not_allowed`.
    """
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if version is not None and visit.version != version:
        raise stale()
    if not may_move(visit.state, wanted):
        refuse(
            _("A visit that is “%(state)s” cannot become “%(wanted)s”."),
            code="move_not_allowed",
            state=visit.get_state_display(),
            wanted=VisitState(wanted).label,
        )
    return visit


def record(
    visit: Visit, kind: str, by: Account, note: str = "", was: str | None = None
) -> None:
    """Add a line to the visit's history; `was` is the state before, if it moved."""
    lead = visit.team.filter(part=Part.LEAD).first()
    visit.events.create(
        kind=kind,
        by=by,
        on_behalf_of_id=lead.official_id if lead else None,
        note=note,
        changes={"state": [was, visit.state]} if was else {},
    )


def _moved(visit: Visit, wanted: str, *fields: str) -> str:
    """Move the visit, and return the state it comes from."""
    was, visit.state = visit.state, wanted
    visit.version += 1
    visit.full_clean()
    visit.save(update_fields=["state", "version", *fields])
    return was


@transaction.atomic
def approve_visit(visit: Visit, *, by: Account) -> Visit:
    visit = locked(visit, VisitState.APPROVED)
    was = _moved(visit, VisitState.APPROVED)
    record(visit, VisitEvent.Kind.APPROVED, by, was=was)
    return visit


@transaction.atomic
def announce_visit(visit: Visit, *, by: Account) -> Visit:
    """Tell the visited place; an unannounced visit is never told.

    Raises:
        Refusal: code `unannounced`, `move_not_allowed`.
    """
    visit = locked(visit, VisitState.ANNOUNCED)
    if visit.mode == Mode.UNANNOUNCED:
        refuse(_("An unannounced visit is not announced."), code="unannounced")
    was = _moved(visit, VisitState.ANNOUNCED)
    record(visit, VisitEvent.Kind.ANNOUNCED, by, was=was)
    return visit


@transaction.atomic
def cancel_visit(visit: Visit, *, by: Account, reason: str) -> Visit:
    """Call a visit off; its officials' time is free again."""
    visit = locked(visit, VisitState.CANCELLED)
    was = _end(visit, VisitState.CANCELLED, reason)
    record(visit, VisitEvent.Kind.CANCELLED, by, reason, was)
    return visit


@transaction.atomic
def mark_not_held(visit: Visit, *, by: Account, reason: str, now: datetime) -> Visit:
    """Record that a visit did not take place.

    Raises:
        Refusal: code `not_yet` before it should have begun; `move_not_allowed`.
    """
    visit = locked(visit, VisitState.NOT_HELD)
    if visit.starts_at > now:
        refuse(_("It has not begun yet; cancel it instead."), code="not_yet")
    was = _end(visit, VisitState.NOT_HELD, reason)
    record(visit, VisitEvent.Kind.NOT_HELD, by, reason, was)
    return visit


def _end(visit: Visit, state: str, reason: str) -> str:
    if not reason.strip():
        refuse(_("Say why the visit does not take place."), code="no_reason")
    visit.reason_ended = reason
    DiaryEntry.objects.filter(stop__in=visit.stops.all()).delete()
    return _moved(visit, state, "reason_ended")


@transaction.atomic
def confirm_visit(visit: Visit, *, by: Account, now: datetime) -> Visit:
    """The lead stands by what was logged."""
    visit = locked(visit, VisitState.CONFIRMED)
    visit.confirmed_by, visit.confirmed_at = by, now
    was = _moved(visit, VisitState.CONFIRMED, "confirmed_by", "confirmed_at")
    record(visit, VisitEvent.Kind.CONFIRMED, by, was=was)
    return visit
