"""A matter begins: out of a letter, a question at a talk, a study, or a visit's log."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District
from visits.actions.move_matter import assign_units, set_deadline
from visits.actions.notify_matter import tell_of_matter
from visits.actions.once import once
from visits.actions.refusals import refuse
from visits.models import Letter, Matter, MatterEvent, Stop
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.log import MatterEntry
from visits.rules.matter_records import to_json
from visits.rules.matter_states import (
    MatterActor,
    MatterState,
    MatterStep,
    UnitWord,
)


@once(Matter.objects, "raised_by")
def raise_matter(
    letter: Letter,
    *,
    by: Account,
    subject: str,
    decided_by: Cadre,
    client_key: uuid.UUID,
    now: datetime,
    is_public: bool = False,
) -> Matter:
    """Put what a letter asks for before a leader, without a word of who wrote it.

    Sent twice with one key, it is one matter.

    Raises:
        Refusal: code `not_yours` when the letter is not in one's hands, or is sealed.
        ValidationError: keyed by field.
    """
    seen = Letter.objects.visible_to(by).unsealed().select_for_update(of=("self",))
    held = seen.filter(pk=letter.pk).select_related("place").first()
    if held is None:
        refuse(_("This letter is not in your hands."), code="not_yours")
    if held.named.in_force().filter(official=decided_by).exists() or (
        is_or_belongs_to_named(held, decided_by.unit)
    ):
        text = _("This leader is named in the letter, or their unit is.")
        raise ValidationError({"decided_by": ValidationError(text, code="named")})
    matter = Matter(
        source=Matter.Source.LETTER,
        letter=held,
        subject=subject,
        decided_by=decided_by,
        is_public=is_public,
        client_key=client_key,
    )
    return _put_before_leader(matter, held.place, by, now)


@once(Matter.objects, "raised_by")
def raise_at_stop(
    stop: Stop,
    source: Matter.Source,
    *,
    by: Account,
    subject: str,
    decided_by: Cadre,
    client_key: uuid.UUID,
    now: datetime,
    is_public: bool = False,
) -> Matter:
    """Put what was asked at a talk there, or found by a study, before a leader.

    No name goes along.

    Raises:
        ValidationError: keyed by field.
    """
    matter = Matter(
        source=source,
        stop=stop,
        subject=subject,
        decided_by=decided_by,
        is_public=is_public,
        client_key=client_key,
    )
    return _put_before_leader(matter, stop.place, by, now)


def _put_before_leader(
    matter: Matter, place: District, by: Account, now: datetime
) -> Matter:
    matter.state, matter.raised_by = MatterState.RAISED, by
    matter.raised_on = timezone.localdate(now)
    matter.settle_at(place)
    matter.full_clean()
    matter.save()
    is_decider = matter.decided_by_id in by.acts_for_ids()
    part = MatterActor.DECIDER if is_decider else MatterActor.OFFICE
    record = {"subject": matter.subject, "is_public": matter.is_public}
    event = _begin(matter, by, part, record, now)
    tell_of_matter(matter, event)
    return matter


def log_matter(
    stop: Stop, entry: MatterEntry, *, by: Account, lead: Cadre, now: datetime
) -> Matter:
    """A new entry of a log: decided on the spot by the lead of the visit."""
    matter = Matter(stop=stop, decided_by=lead, raised_by=by)
    matter.raised_on = timezone.localdate(stop.starts_at)
    fill_from_log(matter, stop, entry, now=now)
    matter.full_clean()
    matter.save()
    event = _begin(matter, by, MatterActor.DECIDER, values_of(matter), now)
    tell_of_matter(matter, event)
    return matter


def fill_from_log(
    matter: Matter, stop: Stop, entry: MatterEntry, *, now: datetime
) -> None:
    matter.stop = stop
    matter.settle_at(stop.place)
    matter.subject, matter.decision = entry.subject, entry.decision
    matter.is_public = entry.is_public
    if entry.settled:
        matter.state, matter.unit_word = MatterState.SETTLED, UnitWord.DONE
        set_deadline(matter, None, timezone.localdate(now))
    else:
        matter.state, matter.unit_word = MatterState.ASSIGNED, ""
        set_deadline(matter, entry.due_on, timezone.localdate(now))
    assign_units(matter, entry.lead_unit, matter.supporting)


def values_of(matter: Matter) -> dict[str, Any]:
    names = ("subject", "decision", "lead_unit", "due_on", "is_public")
    return {name: getattr(matter, name) for name in names}


def _begin(
    matter: Matter,
    by: Account,
    part: MatterActor,
    record: dict[str, Any],
    now: datetime,
) -> MatterEvent:
    return MatterEvent.objects.create(
        matter=matter,
        step=MatterStep.RAISE,
        to_state=matter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        acted_as=part,
        unit=by.unit,
        record=to_json(record),
    )
