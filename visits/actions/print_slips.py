"""Slips for the people concerned: one code each, shown once, good for one word."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Matter, MatterEvent, MatterSlip
from visits.models.receipt import hash_of, new_code
from visits.reports.matter_steps import actors, may_print_slips
from visits.rules.matter_states import WATCHERS, MatterStep, words_needed


def hash_of_slip(reference: str, code: str) -> str:
    return hash_of(f"matter/{reference}", code)


@transaction.atomic
def print_slips(matter: Matter, *, by: Account, now: datetime) -> list[str]:
    """New codes: two for a public matter, one for another; unused ones become void.

    Never by the unit that has it in hand: who knows a code can speak with it.

    Raises:
        Refusal: code `not_yours`, or `move_not_allowed` when the word is given already.
    """
    matter = Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    parts = actors(matter, by)
    if not parts:
        refuse(_("This matter is not in your hands."), code="not_yours")
    if not may_print_slips(matter, by, parts):
        refuse(
            _("Someone outside the unit prints slips, until the word is given."),
            code="move_not_allowed",
        )
    matter.slips.filter(used_at__isnull=True, void_at__isnull=True).update(void_at=now)
    count = words_needed(is_public=matter.is_public)
    codes = [new_code() for _i in range(count)]
    MatterSlip.objects.bulk_create(
        MatterSlip(
            matter=matter,
            code_hash=hash_of_slip(matter.reference, code),
            issued_by=by,
            issued_at=now,
        )
        for code in codes
    )
    MatterEvent.objects.create(
        matter=matter,
        step=MatterStep.SLIP,
        from_state=matter.state,
        to_state=matter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        acted_as=next(it for it in WATCHERS if it in parts),
        unit=by.unit,
        record={"slips": str(count)},
    )
    return codes
