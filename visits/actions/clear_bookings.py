"""When a session is over, nothing is kept of those who had booked (handbook 12.2)."""

from datetime import datetime

from django.db import transaction

from visits.actions.change_session import write_event
from visits.models import ReceptionSession, SessionBooking
from visits.rules.sessions import SessionStep


def clear_bookings(*, now: datetime) -> int:
    """Delete names and contacts of sessions that have ended; say how many sessions."""
    kept = SessionBooking.objects.filter(identity__isnull=False)
    over = ReceptionSession.objects.filter(
        ends_at__lte=now, pk__in=kept.values("session")
    )
    done = 0
    for session in over.order_by("pk"):
        with transaction.atomic():
            count = session.bookings.filter(identity__isnull=False).update(
                identity=None
            )
            if count:
                write_event(session, SessionStep.CLEAR, by=None, now=now, count=count)
                done += 1
    return done
