"""Every step of a matter but the first: one lock, one row of the table, one event."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, CalendarDay, Setting
from visits.actions.notify_matter import tell_of_matter
from visits.actions.refusals import Refusal, refuse
from visits.models import Matter, MatterEvent
from visits.reports.matter_steps import actors, belongs_to_units
from visits.reports.matter_units import units_named
from visits.rules.matter_records import CHANGED, FIELDS, to_json
from visits.rules.matter_states import (
    HEARS,
    ROW,
    MatterActor,
    MatterMove,
    MatterState,
    MatterStep,
    PeopleWord,
    UnitWord,
    target_of,
)

Check = Callable[[Matter, Mapping[str, Any], date, Account], None]
LINKS = [field.name for field in Matter._meta.fields if field.is_relation]


@transaction.atomic
def move_matter(
    matter: Matter,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
) -> Matter:
    """Take one step of the table, if it fits the state and the person.

    Raises:
        Refusal: code `stale` (someone acted meanwhile), `move_not_allowed`,
            `not_yours`, or a code of the step's own check.
        ValidationError: keyed by field when something is not recorded.
    """
    matter = Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    parts = actors(matter, by)
    if not parts:
        refuse(_("This matter is not in your hands."), code="not_yours")
    if matter.version != version:
        raise stale(matter)
    move = ROW.get(step)  # type: ignore[call-overload]
    if move is None or matter.state not in move.sources:
        refuse(
            _("This step does not fit a matter that is “%(state)s”."),
            code="move_not_allowed",
            state=matter.get_state_display(),
        )
    acted_as = next((it for it in move.by if it in parts), None)
    if acted_as is None:
        refuse(_("This step is not yours."), code="not_yours")
    kept = complete(move, record)
    for check in CHECKS.get(move.step, []):
        check(matter, kept, timezone.localdate(now), by)
    take(matter, move, acted_as, by, kept, now)
    return matter


def stale(matter: Matter) -> Refusal:
    last = matter.events.order_by("-pk").select_related("by").first()
    return Refusal(
        _("%(name)s has acted on this matter meanwhile: %(step)s. Look again."),
        code="stale",
        params={
            "name": (last and last.by) or _("Someone concerned"),
            "step": last.get_step_display() if last else "",
        },
    )


def complete(move: MatterMove, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the table asks for, and nothing else."""
    faults: dict[str, Any] = {}
    kept = {name: record.get(name) for name in (*move.needs, *move.may)}
    for name, value in kept.items():
        field = FIELDS[name]
        if isinstance(value, str):
            kept[name] = value = value.strip()
        if name in move.needs and value in (None, "", False):
            missing = _("This must be recorded.")
            faults[name] = ValidationError(missing, code="required")
        elif isinstance(value, str) and len(value) > field.most:
            text = _("At most %(most)s characters.") % {"most": field.most}
            faults[name] = ValidationError(text, code="max_length")
        elif field.choices and value and value not in field.choices.values:
            unknown = _("Choose one of the list.")
            faults[name] = ValidationError(unknown, code="invalid_choice")
    if faults:
        raise ValidationError(faults)
    return kept


def take(
    matter: Matter,
    move: MatterMove,
    acted_as: MatterActor,
    by: Account | None,
    record: dict[str, Any],
    now: datetime,
) -> MatterEvent:
    """Change the matter as the row says, and write it down; both or neither."""
    today = timezone.localdate(now)
    came_from = matter.state
    before = {name: getattr(matter, name) for name in CHANGED}
    matter.state = target_of(
        move,
        current=matter.state,
        is_public=matter.is_public,
        heard=matter.heard,
        says=record.get("says") or "",
        finding=record.get("finding") or "",
    )
    _apply(matter, move, record, today)
    if matter.state == MatterState.REOPENED and came_from != MatterState.REOPENED:
        _reopen(matter)
    matter.version += 1
    # What else must be true of it the database says: no query for each of that here.
    matter.clean_fields(exclude=LINKS)
    matter.save()
    event = MatterEvent(
        matter=matter,
        step=move.step,
        from_state=came_from,
        to_state=matter.state,
        on=today,
        at=now,
        by=by,
        acted_as=acted_as,
        unit=by.unit if by else None,
        record=to_json(record) | earlier(matter, before),
    )
    if witness := record.get("witness"):
        event.keep_witness(str(witness))
    event.save()
    if move.step == MatterStep.LOOK_BACK and by:
        matter.calls.filter(caller=by, done_at__isnull=True).update(done_at=now)
    tell_of_matter(matter, event)
    return event


def earlier(matter: Matter, before: Mapping[str, Any]) -> dict[str, Any]:
    """What stood there before, of what this step has changed; nothing is overwritten
    without its earlier version in the history."""
    return {
        f"before_{name}": value
        for name, value in to_json(before).items()
        if getattr(matter, name) != before[name]
    }


def _apply(
    matter: Matter, move: MatterMove, record: Mapping[str, Any], today: date
) -> None:
    step = move.step
    if record.get("decision"):
        matter.decision = record["decision"]
    if "is_public" in record:
        matter.is_public = bool(record["is_public"]) or matter.is_public
    if record.get("lead_unit"):
        assign_units(matter, record["lead_unit"], record.get("supporting") or "")
        matter.person = record.get("person") or ""
    if record.get("procedure"):
        matter.procedure = record["procedure"]
    if step == MatterStep.SETTLE:
        matter.unit_word = UnitWord.DONE
    if step == MatterStep.ASSIGN:
        set_deadline(matter, record["due_on"], today)
    if step == MatterStep.PROGRESS:
        matter.reported_on = matter.reported_on or today
    if step == MatterStep.SAY_DONE:
        matter.unit_word, matter.people_word, matter.heard = record["unit_word"], "", 0
        matter.reported_on = matter.reported_on or today
        matter.asked_due_on = None
    if step in HEARS:
        matter.people_word = record["says"]
        matter.heard += record["says"] == PeopleWord.SETTLED
    if step == MatterStep.STRIKE_OFF:
        matter.look_back_on, matter.struck_off_on = record["look_back_on"], today
    if step == MatterStep.ASK_DELAY:
        matter.asked_due_on = record["new_due_on"]
    if step == MatterStep.APPROVE_DELAY:
        matter.due_on, matter.asked_due_on = matter.asked_due_on, None
    if step == MatterStep.REFUSE_DELAY:
        matter.asked_due_on = None


def _reopen(matter: Matter) -> None:
    """Back to work under the same number; what was said before stays in the history."""
    matter.reopened += 1
    matter.heard = 0
    if matter.people_word == PeopleWord.SETTLED:
        matter.people_word = ""
    matter.struck_off_on = matter.look_back_on = None


def assign_units(matter: Matter, lead_unit: str, supporting: str) -> None:
    """The units by name, and their rows where they are units of this system."""
    found = units_named(lead_unit, matter.place)
    matter.lead_unit, matter.unit = lead_unit, found[0] if found else None
    matter.supporting = supporting
    if matter.pk:
        matter.supporting_units.set(units_named(supporting, matter.place))


def set_deadline(matter: Matter, due_on: date | None, today: date) -> None:
    """The first date stays what it was, whatever comes after it."""
    matter.due_on = due_on
    matter.first_due_on = (matter.first_due_on or due_on) if due_on else None
    if due_on is None:
        matter.report_due_on = None
    elif matter.report_due_on is None:
        days = Setting.objects.as_dict()["onsite.first_report_workdays"]
        calendar = CalendarDay.objects.working_calendar()
        matter.report_due_on = calendar.after_workdays(today, days).legal


# --- What a step may not do ---------------------------------------------------------


def _fault(name: str, text: Any, code: str) -> NoReturn:
    raise ValidationError({name: ValidationError(text, code=code)})


def _ahead(name: str) -> Check:
    def check(
        matter: Matter, record: Mapping[str, Any], today: date, by: Account
    ) -> None:
        if record[name] < today:
            _fault(name, _("This day must lie ahead."), "not_ahead")

    return check


def _later(matter: Matter, record: Mapping[str, Any], today: date, by: Account) -> None:
    if matter.asked_due_on:
        refuse(_("A later date waits for the decider already."), code="delay_waits")
    if matter.due_on and record["new_due_on"] <= matter.due_on:
        text = _("Not later than the deadline, %(day)s.") % {"day": matter.due_on}
        _fault("new_due_on", text, "not_later")


def _delay_waits(
    matter: Matter, record: Mapping[str, Any], today: date, by: Account
) -> None:
    if matter.asked_due_on is None:
        refuse(_("No later date is asked for."), code="no_delay")


def _delay_by_another(
    matter: Matter, record: Mapping[str, Any], today: date, by: Account
) -> None:
    """Who asked does not approve; for a unit outside the system the decider asks."""
    asked = matter.events.filter(step=MatterStep.ASK_DELAY).order_by("-pk").first()
    if matter.unit_id and asked and asked.by_id == by.pk:
        refuse(_("Someone else has to approve what you asked for."), code="own_delay")


def _has_unit(
    matter: Matter, record: Mapping[str, Any], today: date, by: Account
) -> None:
    if not matter.lead_unit:
        refuse(_("No unit has it; it is to be assigned first."), code="no_unit")


def _not_of_the_unit(
    matter: Matter, record: Mapping[str, Any], today: date, by: Account
) -> None:
    """A paper is not recorded by the unit that wants to be done with it."""
    if belongs_to_units(matter, by):
        refuse(_("Someone outside the unit in charge records it."), code="own_unit")


CHECKS: dict[MatterStep, list[Check]] = {
    MatterStep.ASSIGN: [_ahead("due_on")],
    MatterStep.HAND_OVER: [_has_unit],
    MatterStep.PROGRESS: [_has_unit],
    MatterStep.SAY_DONE: [_has_unit],
    MatterStep.HEAR_PAPER: [_not_of_the_unit],
    MatterStep.STRIKE_OFF: [_ahead("look_back_on")],
    MatterStep.ASK_DELAY: [_has_unit, _ahead("new_due_on"), _later],
    MatterStep.APPROVE_DELAY: [_delay_waits, _delay_by_another],
    MatterStep.REFUSE_DELAY: [_delay_waits],
}
