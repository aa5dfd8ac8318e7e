"""The desk books a place at a reception session for someone, or gives it back."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting
from visits.actions.change_session import locked, write_event
from visits.actions.refusals import refuse
from visits.models import ReceptionSession, SessionBooking
from visits.rules.sessions import TO_COME, SessionState, SessionStep, booking_closes_at


def closes_at(session: ReceptionSession) -> datetime:
    hour = Setting.objects.as_dict()["booking.close"]
    return booking_closes_at(timezone.localtime(session.starts_at), hour=hour)


@transaction.atomic
def book_session(
    session: ReceptionSession,
    *,
    by: Account,
    now: datetime,
    subject: str,
    client_key: uuid.UUID,
    name: str = "",
    contact: str = "",
) -> SessionBooking:
    """Take the next place on the list. Sent twice with one key, it is one place.

    Who comes without a place is received all the same; that needs no booking.

    Raises:
        Refusal: code `move_not_allowed`, `closed`, `full`.
        ValidationError: keyed by field.
    """
    session = locked(session, SessionState.PUBLISHED)
    known = SessionBooking.objects.filter(booked_by=by, client_key=client_key)
    if booking := known.first():
        return booking
    if now >= closes_at(session):
        text = _("The booking list is closed. Who comes is received all the same.")
        refuse(text, code="closed")
    if not session.places_left:
        text = _("All places are booked. Who comes is received all the same.")
        refuse(text, code="full")
    last = session.bookings.aggregate(last=Max("number"))["last"] or 0
    booking = SessionBooking(
        session=session,
        number=last + 1,
        subject=subject.strip(),
        booked_by=by,
        booked_at=now,
        client_key=client_key,
    )
    if name.strip() or contact.strip():
        booking.write(name=name.strip(), contact=contact.strip())
    booking.full_clean()
    booking.save()
    session.booked += 1
    session.save(update_fields=["booked"])
    write_event(session, SessionStep.BOOK, by=by, now=now, number=booking.number)
    return booking


@transaction.atomic
def drop_booking(booking: SessionBooking, *, by: Account, now: datetime) -> None:
    """The place is free again, and what was noted of the person is deleted.

    Raises:
        Refusal: code `move_not_allowed`.
    """
    session = locked(booking.session, *TO_COME)
    booking = session.bookings.get(pk=booking.pk)
    if booking.dropped_at:
        refuse(_("This place was given back already."), code="move_not_allowed")
    booking.dropped_at, booking.identity = now, None
    booking.save(update_fields=["dropped_at", "identity"])
    session.booked -= 1
    session.save(update_fields=["booked"])
    write_event(session, SessionStep.DROP, by=by, now=now, number=booking.number)
