"""The people's own word: someone with a slip says whether it is settled."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from visits.actions.move_matter import complete, take
from visits.actions.print_slips import hash_of_slip
from visits.actions.refusals import refuse
from visits.models import LookupTry, Matter, MatterSlip
from visits.rules.lookup import plain_typed
from visits.rules.matter_states import ROW, MatterActor, MatterStep

WITHIN = timedelta(hours=1)
OF_REFERENCE = 10  # tries of one reference, by whomever
OF_ADDRESS = 60  # from one address: a village may share one


def find_slip(*, reference: str, code: str, address: str, now: datetime) -> MatterSlip:
    """The slip of this number and code; known and unknown numbers take one way.

    Raises:
        Refusal: code `too_many`, or `unknown` whatever of the two is wrong.
    """
    reference, code = plain_typed(reference), plain_typed(code)
    LookupTry.forget(before=now - WITHIN)
    tries = LookupTry.count(f"matter/{reference}", now=now, within=WITHIN)
    shared = LookupTry.count(f"address/{address}", now=now, within=WITHIN)
    if tries > OF_REFERENCE or shared > OF_ADDRESS:
        refuse(
            _("There were too many tries. Wait an hour, or ask at the counter."),
            code="too_many",
        )
    # The keyed hash is looked for, never compared with: no time tells how much of it
    # was right.
    slips = MatterSlip.objects.filter(
        code_hash=hash_of_slip(reference, code), void_at__isnull=True
    )
    # What turned out to be sealed exists on no page.
    slip = slips.exclude(matter__letter__is_sealed=True).first()
    if slip is None:
        refuse(_("This number and code do not belong together."), code="unknown")
    return slip


@transaction.atomic
def speak_by_code(
    slip: MatterSlip, *, says: str, statement: str = "", now: datetime
) -> Matter:
    """Write down the word of whoever holds this slip; each slip speaks once.

    Raises:
        Refusal: code `used`, `void`, or `not_asked` while nobody says it is done.
        ValidationError: keyed by field.
    """
    matter = Matter.objects.select_for_update(of=("self",)).get(pk=slip.matter_id)
    slip = MatterSlip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if slip.used_at:
        refuse(_("With this slip a word was given already."), code="used")
    if slip.void_at:
        refuse(_("This slip was replaced by another."), code="void")
    move = ROW[MatterStep.HEAR_CODE]
    if matter.state not in move.sources:
        refuse(_("The unit is still at work on it; come back later."), code="not_asked")
    record = complete(move, {"says": says, "statement": statement})
    take(matter, move, MatterActor.PEOPLE, None, record, now)
    slip.used_at = now
    slip.save(update_fields=["used_at"])
    return matter
