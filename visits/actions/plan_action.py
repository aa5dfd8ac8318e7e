from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Unit
from cadres.rules.faults import Fault
from visits.actions.booking import lock_counties, lock_officials
from visits.actions.once import once
from visits.actions.plan_visit import plan_visit
from visits.actions.refusals import Refusal
from visits.models import Action
from visits.rules.plan import Member, StopPlan


@dataclass(frozen=True)
class Leg:
    """One row of a unified action: a leader, a place, from when to when."""

    official: Cadre
    stop: StopPlan


@once(Action.objects, "planned_by")
def plan_action(
    *,
    by: Account,
    now: datetime,
    name: str,
    organiser: Unit,
    first: date,
    last: date,
    legs: Sequence[Leg],
    client_key: UUID,
    **fields: Any,
) -> Action:
    """Create a unified action (统一行动) and all its visits, or nothing of it.

    All legs of one leader are one visit (one team, one plan), in the order of time.
    Leaders who go on the same days to the same place are no crowd to each other; the
    action itself is the reason.

    Raises:
        Refusal: faults by row of `legs`; code `double_booking` with the clashes.
    """
    if last < first:
        text = _("The last day lies before the first.")
        raise ValidationError({"last": ValidationError(text, code="last_first")})
    faults = [
        Fault(row, "day", "outside_action", _("This day lies outside the action."))
        for row, leg in enumerate(legs)
        if not (first <= leg.stop.starts_at.date() <= leg.stop.ends_at.date() <= last)
    ]
    if faults:
        raise Refusal(
            _("The plan cannot stand like this."),
            code="faults",
            faults={"legs": faults},
        )
    action = Action(
        name=name,
        organiser=organiser,
        first=first,
        last=last,
        planned_by=by,
        client_key=client_key,
    )
    action.full_clean()
    action.save()
    # All that any of the bookings will lock, before the first of them.
    lock_officials(leg.official for leg in legs)
    lock_counties(leg.stop for leg in legs)
    for pk in sorted({leg.official.pk for leg in legs}):
        _plan_for(pk, by, now, action, legs, client_key, name, fields)
    return action


def _plan_for(
    pk: int,
    by: Account,
    now: datetime,
    action: Action,
    legs: Sequence[Leg],
    client_key: UUID,
    name: str,
    fields: dict[str, Any],
) -> None:
    own = [(row, leg) for row, leg in enumerate(legs) if leg.official.pk == pk]
    own.sort(key=lambda it: it[1].stop.starts_at)
    try:
        plan_visit(
            by=by,
            now=now,
            team=[Member(own[0][1].official)],
            stops=[leg.stop for _row, leg in own],
            client_key=uuid5(client_key, str(pk)),
            action=action,
            purpose=name,
            crowding_reason=name,
            **fields,
        )
    except Refusal as refusal:
        raise _at_rows(refusal, [row for row, _leg in own]) from refusal
    except ValidationError as error:
        raise Refusal(error.messages[0], code="faults") from error


def _at_rows(refusal: Refusal, rows: Sequence[int]) -> Refusal:
    """The refusal of one visit, told of the rows of the action."""
    faults = [
        Fault(rows[fault.row], fault.field, fault.code, fault.message)
        for fault in refusal.faults.get("stops", [])
    ]
    for clash in refusal.clashes:
        clash.row = rows[clash.row]
        text = _("%(name)s is taken at that time.") % {"name": clash.official.name}
        faults.append(Fault(clash.row, "official", "double_booking", text))
    return Refusal(
        refusal.messages[0],
        code=refusal.code or "faults",
        faults={"legs": faults},
        clashes=refusal.clashes,
    )
