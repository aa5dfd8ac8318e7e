"""A reception session as a page shows it: to everyone, and to those who work on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from cadres.models import Account, Setting
from visits.models import (
    Letter,
    ReceptionSession,
    SessionBooking,
    SessionEvent,
    SessionResult,
)
from visits.reports.session_choices import sessions_to_enter
from visits.rules.sessions import (
    TO_COME,
    Outcome,
    SessionState,
    SessionStep,
    booking_closes_at,
)


@dataclass(frozen=True)
class SessionRow:
    """One line of a list, with nothing in it that is not public.

    `totals` are (result in words, matters), when it was held.
    """

    session: ReceptionSession
    closes_at: datetime
    is_open: bool
    totals: list[tuple[str, int]]

    @property
    def matters(self) -> int:
        return sum(count for _label, count in self.totals)


def session_rows(
    sessions: Iterable[ReceptionSession], *, now: datetime
) -> list[SessionRow]:
    """In one more query for all their results, and one for the setting."""
    rows = list(sessions)
    hour = Setting.objects.as_dict()["booking.close"]
    counted = SessionResult.objects.filter(session__in=[it.pk for it in rows])
    totals = {
        (it["session"], it["outcome"]): it["n"]
        for it in counted.values("session", "outcome").annotate(n=Count("pk"))
    }
    made = []
    for session in rows:
        closes = booking_closes_at(timezone.localtime(session.starts_at), hour=hour)
        is_published = session.state == SessionState.PUBLISHED
        counts = [
            (str(it.label), totals.get((session.pk, it.value), 0)) for it in Outcome
        ]
        made.append(
            SessionRow(
                session=session,
                closes_at=closes,
                is_open=is_published and now < closes and session.places_left > 0,
                totals=counts if session.state == SessionState.HELD else [],
            )
        )
    return made


@dataclass(frozen=True)
class SessionPage:
    row: SessionRow
    steps: list[SessionStep]
    bookings: list[SessionBooking]
    results: list[SessionResult]
    letters: list[Letter]
    history: list[SessionEvent]
    may_book: bool
    may_enter: bool  # letters on its reception day


def session_page(
    session: ReceptionSession, user: Account, *, now: datetime
) -> SessionPage:
    row = session_rows([session], now=now)[0]
    today = timezone.localdate(now)
    taken = session.bookings.filter(dropped_at__isnull=True).order_by("number")
    letters = Letter.objects.visible_to(user).filter(session=session)
    results = session.results.select_related("unit").order_by("number")
    return SessionPage(
        row=row,
        steps=steps_for(row, user, now=now),
        bookings=list(taken),
        results=list(results),
        letters=list(letters.order_by("pk")[:100]),
        history=list(session.events.select_related("by").order_by("pk")),
        may_book=_is_of(ReceptionSession.objects.bookable_by(user), session),
        may_enter=_is_of(sessions_to_enter(user, on=today), session),
    )


def steps_for(row: SessionRow, user: Account, *, now: datetime) -> list[SessionStep]:
    """What this person may do now; the first is what is expected."""
    session, steps = row.session, []
    today = timezone.localdate(now)
    may_book = _is_of(ReceptionSession.objects.bookable_by(user), session)
    if _is_of(ReceptionSession.objects.changeable_by(user), session):
        if session.state == SessionState.PLANNED and session.starts_at > now:
            steps.append(SessionStep.PUBLISH)
        if session.state == SessionState.PUBLISHED and session.on <= today:
            steps.append(SessionStep.RESULT)
            if session.starts_at <= now:
                steps.append(SessionStep.HOLD)
        if session.state == SessionState.HELD:
            steps.append(SessionStep.RESULT)
        if session.state in TO_COME:
            steps += [SessionStep.REPLACE, SessionStep.MOVE, SessionStep.CANCEL]
    if may_book and row.is_open:
        steps.insert(0, SessionStep.BOOK)
    return steps


def _is_of(rows: object, session: ReceptionSession) -> bool:
    return rows.filter(pk=session.pk).exists()  # type: ignore[attr-defined,no-any-return]
