"""What became of one matter at a reception session."""

import uuid
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from visits.actions.change_session import locked, write_event
from visits.actions.refusals import refuse
from visits.models import ReceptionSession, SessionResult
from visits.rules.sessions import Outcome, SessionState, SessionStep


@transaction.atomic
def record_result(
    session: ReceptionSession,
    *,
    by: Account,
    now: datetime,
    subject: str,
    outcome: str,
    minute: str,
    client_key: uuid.UUID,
    unit: Unit | None = None,
    due_on: date | None = None,
) -> SessionResult:
    """Enter it with a short minute, booked or not. Sent twice, it is one result.

    Raises:
        Refusal: code `move_not_allowed`, `early`.
        ValidationError: keyed by field, with code `needed` for unit and date.
    """
    session = locked(session, SessionState.PUBLISHED, SessionState.HELD)
    known = SessionResult.objects.filter(recorded_by=by, client_key=client_key)
    if result := known.first():
        return result
    if session.on > timezone.localdate(now):
        refuse(_("The session lies ahead."), code="early")
    if outcome == Outcome.ASSIGNED:
        missing = {"unit": unit, "due_on": due_on}
        faults = {
            name: ValidationError(_("Name unit and date."), code="needed")
            for name, value in missing.items()
            if value is None
        }
        if faults:
            raise ValidationError(faults)
    else:
        unit = due_on = None
    last = session.results.aggregate(last=Max("number"))["last"] or 0
    result = SessionResult(
        session=session,
        number=last + 1,
        subject=subject.strip(),
        outcome=outcome,
        unit=unit,
        due_on=due_on,
        minute=minute.strip(),
        recorded_by=by,
        recorded_at=now,
        client_key=client_key,
    )
    result.full_clean()
    result.save()
    write_event(session, SessionStep.RESULT, by=by, now=now, number=result.number)
    return result
