"""A reception session does not take place; its public page says so and why."""

from datetime import datetime

from django.db import transaction

from cadres.models import Account
from visits.actions.change_session import locked, write_event
from visits.actions.notify_session import tell_of_session
from visits.models import ReceptionSession
from visits.rules.sessions import TO_COME, SessionState, SessionStep


@transaction.atomic
def cancel_session(
    session: ReceptionSession, *, by: Account, now: datetime, reason: str
) -> ReceptionSession:
    """Raises a refusal `move_not_allowed`, or a ValidationError without a reason."""
    session = locked(session, *TO_COME)
    session.state, session.cancelled_because = SessionState.CANCELLED, reason.strip()
    session.full_clean()
    session.save(update_fields=["state", "cancelled_because"])
    event = write_event(session, SessionStep.CANCEL, by=by, now=now, note=reason)
    tell_of_session(session, event)
    return session
