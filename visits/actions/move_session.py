"""A reception session is held at another time; the day first named stays public."""

from datetime import datetime

from django.db import transaction

from cadres.models import Account
from visits.actions.change_session import locked, off_rest_days, write_event
from visits.actions.notify_session import tell_of_session
from visits.actions.plan_session import set_times
from visits.models import ReceptionSession
from visits.rules.sessions import TO_COME, SessionForm, SessionStep


@transaction.atomic
def move_session(
    session: ReceptionSession,
    *,
    by: Account,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> ReceptionSession:
    """Those who booked keep their places; the desk calls who left a contact.

    Raises:
        Refusal: code `move_not_allowed`.
        ValidationError: keyed by field, with code `past`.
    """
    session = locked(session, *TO_COME)
    before = [session.starts_at.isoformat(), session.ends_at.isoformat()]
    meant, why = starts_at.date(), ""
    if session.form == SessionForm.FIXED:
        starts_at, ends_at, why = off_rest_days(starts_at, ends_at, session.place)
    if session.published_at:
        session.moved_from = session.moved_from or session.on
        session.moved_because = reason
    else:  # nobody has read the first day
        session.moved_from = meant if why else None
        session.moved_because = why
    session.cleared_at = None
    set_times(session, starts_at, ends_at, now=now)
    session.full_clean()
    session.save()
    event = write_event(
        session, SessionStep.MOVE, by=by, now=now, note=reason, before=before
    )
    tell_of_session(session, event)
    return session
