"""A petitioner asks how far their letter is: by receipt, with few tries (7.8)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from visits.actions.refusals import refuse
from visits.models import Letter, LookupTry
from visits.models.receipt import hash_of, is_code
from visits.rules.lookup import plain_typed

WITHIN = timedelta(hours=1)
OF_REFERENCE = 10  # tries of one reference, by whomever
OF_ADDRESS = 60  # from one address: a village may share one


def look_up_letter(*, reference: str, code: str, address: str, now: datetime) -> Letter:
    """Return the letter of this receipt. Known and unknown references take one way.

    Raises:
        Refusal: code `too_many`, or `unknown` whatever of the two is wrong.
    """
    reference = plain_typed(reference)
    LookupTry.forget(before=now - WITHIN)
    tries = LookupTry.count(f"reference/{reference}", now=now, within=WITHIN)
    shared = LookupTry.count(f"address/{address}", now=now, within=WITHIN)
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
    return letter
