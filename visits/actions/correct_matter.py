"""A log is corrected, and its matters with it; none of them vanishes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from cadres.rules.faults import Fault
from visits.actions.move_matter import earlier
from visits.actions.raise_matter import fill_from_log, values_of
from visits.actions.refusals import Refusal, refuse
from visits.models import Matter, MatterEvent, Stop, Visit
from visits.rules.log import MatterEntry
from visits.rules.matter_records import to_json
from visits.rules.matter_states import MatterActor, MatterState, MatterStep


def matters_of_log(visit: Visit) -> dict[int, Matter]:
    """Those that the log names now, locked; the withdrawn ones stay as they are."""
    rows = Matter.objects.promised().of_log(visit)
    locked = rows.select_for_update(of=("self",)).select_related("place", "stop")
    return {matter.pk: matter for matter in locked.order_by("pk")}


def correct_matter(
    matter: Matter, stop: Stop, entry: MatterEntry, *, row: int, by: Account, now: Any
) -> None:
    """Write the entry's words, keeping the earlier ones; a moved-on matter stands.

    Of a matter on which someone has acted, only where it stood in the log may change.
    """
    before = values_of(matter)
    if not _is_untouched(matter):
        if _differs(matter, entry):
            text = _("Others have acted on this matter; go on with it on its own page.")
            fault = Fault(row, "subject", "moved_on", text)
            raise Refusal(
                _("The log cannot stand like this."),
                code="faults",
                faults={"matters": [fault]},
            )
        if matter.stop_id != stop.pk:
            matter.stop = stop
            matter.save(update_fields=["stop"])
        return
    came_from, place = matter.state, matter.place_id
    fixed = matter.stop_id == stop.pk and place == stop.place_id
    if fixed and not _differs(matter, entry):
        return
    fill_from_log(matter, stop, entry, now=now)
    _write(matter, MatterStep.CORRECT, came_from, by, before, {}, now)


def withdraw_matters(
    matters: Iterable[Matter], *, to: Stop, by: Account, reason: str, now: datetime
) -> None:
    """Taken out of the log: they stay on record, at the stop `to`, with the reason.

    Raises:
        Refusal: code `moved_on` when someone has acted on one of them.
        ValidationError: keyed `withdrawn_because` when no reason is given.
    """
    gone = list(matters)
    if not gone:
        return
    for matter in gone:
        if not _is_untouched(matter):
            refuse(
                _("Others have acted on “%(subject)s”; it cannot be taken out."),
                code="moved_on",
                subject=matter.subject,
            )
    if not reason.strip():
        text = _("Say why matters are taken out; they stay on record as withdrawn.")
        raise ValidationError({"withdrawn_because": ValidationError(text, "required")})
    for matter in gone:
        came_from, before = matter.state, values_of(matter)
        matter.state = MatterState.WITHDRAWN
        matter.stop = to
        record = {"reasons": reason.strip()}
        _write(matter, MatterStep.WITHDRAW, came_from, by, before, record, now)


def _is_untouched(matter: Matter) -> bool:
    """As its log left it: nobody has acted on it, nobody has spoken of it."""
    by_log = (MatterStep.RAISE, MatterStep.CORRECT)
    return not matter.events.exclude(step__in=by_log).exists()


def _differs(matter: Matter, entry: MatterEntry) -> bool:
    said = (entry.subject, entry.decision, entry.lead_unit.strip(), entry.is_public)
    stands = (matter.subject, matter.decision, matter.lead_unit, matter.is_public)
    was_settled = matter.due_on is None
    return (
        said != stands
        or entry.settled != was_settled
        or (not was_settled and entry.due_on != matter.due_on)
    )


def _write(
    matter: Matter,
    step: MatterStep,
    came_from: str,
    by: Account,
    before: dict[str, Any],
    record: dict[str, Any],
    now: datetime,
) -> None:
    changed = {
        name: value
        for name, value in values_of(matter).items()
        if value != before[name]
    }
    matter.version += 1
    matter.full_clean()
    matter.save()
    MatterEvent.objects.create(
        matter=matter,
        step=step,
        from_state=came_from,
        to_state=matter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        acted_as=MatterActor.DECIDER,
        unit=by.unit,
        record=to_json(record | changed) | earlier(matter, before),
    )
