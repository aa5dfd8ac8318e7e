"""Looking at whom to call back: with a reason, and never without a trace."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.change_session import write_event
from visits.actions.refusals import refuse
from visits.models import Access, SessionBooking
from visits.rules.sessions import SessionStep

LONGEST = 200


@transaction.atomic
def open_booking(
    booking: SessionBooking, *, by: Account, reason: str, now: datetime
) -> dict[str, str]:
    """Write down the look, then return name and contact in clear.

    Raises:
        Refusal: code `no_reason`; `gone` when nothing was left, or it is deleted.
    """
    if not reason.strip():
        refuse(_("Say why you look."), code="no_reason")
    if not booking.identity:
        refuse(_("No contact is kept here, or not any more."), code="gone")
    where = f"{booking.session.printed_reference}.{booking.number}"
    Access.objects.create(
        by=by,
        unit=by.unit,
        kind=Access.Kind.BOOKING,
        reason=f"{where} {reason.strip()}"[:LONGEST],
        at=now,
    )
    write_event(
        booking.session, SessionStep.OPEN, by=by, now=now, number=booking.number
    )
    return booking.read()
