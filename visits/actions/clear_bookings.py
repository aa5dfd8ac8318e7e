"""When a session is over, nothing is kept of those who had booked (handbook 12.2)."""

from datetime import datetime

from django.db import transaction

from visits.actions.change_session import write_event
from visits.models import ReceptionSession
from visits.rules.sessions import SessionStep


def clear_bookings(*, now: datetime) -> int:
    """Delete names and contacts of sessions that have ended; say how many sessions."""
    over = ReceptionSession.objects.filter(ends_at__lte=now, cleared_at__isnull=True)
    done = 0
    for pk in over.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            session = over.select_for_update().filter(pk=pk).first()
            if session is None:
                continue
            count = session.bookings.update(identity=None)
            session.cleared_at = now
            session.save(update_fields=["cleared_at"])
            if count:
                write_event(session, SessionStep.CLEAR, by=None, now=now, count=count)
            done += 1
    return done
