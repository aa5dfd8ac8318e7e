"""What every change of a reception session needs: its row locked, a line of history.

Each verb has a module of its own; they all begin and end here.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadres.models import Account, CalendarDay, District
from visits.actions.refusals import refuse
from visits.models import ReceptionSession, SessionEvent
from visits.rules.sessions import SessionState, SessionStep


def locked(session: ReceptionSession, *states: SessionState) -> ReceptionSession:
    """The session as it stands now, for this transaction alone.

    Raises:
        Refusal: code `move_not_allowed` when it is in none of `states`.
    """
    rows = ReceptionSession.objects.select_for_update(of=("self",))
    session = rows.select_related("place", "office").get(pk=session.pk)
    if session.state not in states:
        refuse(
            _("This no longer fits: the session is “%(state)s”."),
            code="move_not_allowed",
            state=session.get_state_display(),
        )
    return session


def write_event(
    session: ReceptionSession,
    step: SessionStep,
    *,
    by: Account | None,
    now: datetime,
    note: str = "",
    **record: Any,
) -> SessionEvent:
    return SessionEvent.objects.create(
        session=session, step=step, by=by, at=now, note=note, record=record
    )


def off_rest_days(
    starts_at: datetime, ends_at: datetime, place: District
) -> tuple[datetime, datetime, str]:
    """The same hours on the first working day from there, and why it is another."""
    calendar = CalendarDay.objects.working_calendar(place.code)
    day = starts_at.date()
    shift = calendar.workday_from(day) - day
    why = calendar.why(day) if shift else ""
    return starts_at + shift, ends_at + shift, why
