"""What stands on a receipt: what happens next and by when, in plain words."""

from dataclasses import dataclass
from datetime import date

import segno
from django.utils.translation import gettext as _

from visits.models import Letter
from visits.rules.letter_states import Category, Clock

# The step a petitioner waits for is the first of these that runs.
NEXT = (Clock.NOTICE, Clock.ROUTE, Clock.NOTICE_FORWARDED, Clock.HANDLE)


@dataclass(frozen=True)
class Receipt:
    """`by` is the legal date of the next step; None when no clock of it runs."""

    next_step: str
    by: date | None
    is_provisional: bool


def receipt_of(letter: Letter) -> Receipt:
    running = {clock.clock: clock for clock in letter.clocks.running()}
    found = next((running[name] for name in NEXT if name in running), None)
    words = _("Ask at the office where this letter stands.")
    if found and found.clock == Clock.ROUTE:
        words = _words_of_route(letter)
    elif found and found.clock == Clock.HANDLE:
        words = _("The unit in charge decides and tells you in writing.")
    elif found:
        words = _("You are told in writing whether the matter is accepted.")
    return Receipt(
        words,
        found.legal_on if found else None,
        bool(found and found.is_provisional),
    )


def _words_of_route(letter: Letter) -> str:
    if letter.is_sealed or letter.category == Category.LITIGATION:
        return _(
            "The letter goes to the organ that is competent. That organ answers by its "
            "own rules."
        )
    return _(
        "The letter goes to the unit that is competent. Within 15 days of receiving "
        "it, that unit tells you in writing whether it accepts the matter."
    )


def qr_of(address: str, letter: Letter) -> str:
    """A picture of the look-up address with the reference, never with the code."""
    code = segno.make(f"{address}?reference={letter.reference}", micro=False)
    return code.svg_data_uri(scale=4, border=1, xmldecl=False, nl=False)


def qr_of_slip(address: str) -> str:
    """A picture of the address where the people give their word; no number, no code."""
    code = segno.make(address, micro=False)
    return code.svg_data_uri(scale=4, border=1, xmldecl=False, nl=False)
