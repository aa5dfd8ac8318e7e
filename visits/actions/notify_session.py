"""Telling those concerned that a reception session is cancelled, moved, led by another.

Called inside the transaction of what it tells of: who planned it, who has booked places
at it for people, the desk where one books, and the leaders with those who act for them.
"""

from cadres.models import Account
from visits.actions.notify import accounts_with
from visits.actions.write_notices import write_notices
from visits.models import Notice, ReceptionSession, SessionEvent
from visits.reports.matter_duty import acting_for
from visits.rules.sessions import SessionStep

KIND = {
    SessionStep.CANCEL: Notice.Kind.SESSION_OFF,
    SessionStep.MOVE: Notice.Kind.SESSION_MOVED,
    SessionStep.REPLACE: Notice.Kind.SESSION_LEAD,
}
DESK = ("visits.book_session", "visits.plan_session")


def tell_of_session(session: ReceptionSession, event: SessionEvent) -> None:
    """Each once, never who acted, and only who may see the session's own page."""
    kind = KIND[SessionStep(event.step)]
    told = {it.pk: it for it in _concerned(session) if it.pk != event.by_id}
    write_notices(
        Notice(
            account=account,
            kind=kind,
            key=f"{kind}:{event.pk}",
            session=session,
            at=event.at,
        )
        for account in told.values()
        if ReceptionSession.objects.visible_to(account).filter(pk=session.pk).exists()
    )


def _concerned(session: ReceptionSession) -> list[Account]:
    """A leader who has just been replaced is still among them."""
    live = session.bookings.filter(dropped_at__isnull=True).values("booked_by")
    rows = Account.objects.filter(is_active=True).select_related("cadre")
    found = list(rows.filter(pk__in=live) | rows.filter(pk=session.planned_by_id))
    for permission in DESK:
        found += accounts_with(permission, session.office)
    for official in session.leaders.values_list("official", flat=True):
        found += acting_for(official)
    return found
