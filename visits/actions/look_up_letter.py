"""A petitioner asks how far their letter is: by receipt, with few tries (7.8)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from visits.actions.refusals import refuse
from visits.models import Letter, LookupTry
from visits.models.receipt import hash_of, is_code
from visits.rules.lookup import plain_typed

WITHIN = timedelta(hours=1)
# Wrong tries alone. At one reference they count for their address, so that nobody
# elsewhere can lock a petitioner out; a code is too long to be guessed from many.
OF_REFERENCE = 10
OF_ADDRESS = 60  # at all references: a village may share an address


def look_up_letter(*, reference: str, code: str, address: str, now: datetime) -> Letter:
    """Return the letter of this receipt. Known and unknown references take one way.

    A try counts before the code is compared, and no more once it was right: however
    many arrive at once, none beyond the limit is answered.

    Raises:
        Refusal: code `too_many`, or `unknown` whatever of the two is wrong.
    """
    reference = plain_typed(reference)
    LookupTry.forget(before=now - WITHIN)
    counted = f"reference/{reference}/{address}", f"address/{address}"
    tries, shared = (LookupTry.count(what, now=now, within=WITHIN) for what in counted)
    if tries > OF_REFERENCE or shared > OF_ADDRESS:
        refuse(
            _(
                "There were too many tries. Wait an hour, or ask at the counter or by "
                "phone: bring the receipt."
            ),
            code="too_many",
        )
    letter = Letter.objects.filter(reference=reference).select_related("office").first()
    kept = letter.code_hash if letter and letter.code_hash else hash_of("", "")
    is_right = is_code(reference, plain_typed(code), kept)
    if letter is None or not is_right:
        refuse(_("This number and code do not belong together."), code="unknown")
    LookupTry.take_back(*counted)
    return letter
