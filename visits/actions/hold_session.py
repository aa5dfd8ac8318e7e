"""A reception session was held: groups and person-visits close it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.change_session import locked, write_event
from visits.actions.refusals import refuse
from visits.models import ReceptionSession
from visits.rules.sessions import SessionState, SessionStep


@transaction.atomic
def hold_session(
    session: ReceptionSession,
    *,
    by: Account,
    now: datetime,
    groups: int,
    person_visits: int,
) -> ReceptionSession:
    """Close it with its totals, which are public.

    Raises:
        Refusal: code `move_not_allowed`, `early`.
        ValidationError: `person_visits`, code `too_few`.
    """
    session = locked(session, SessionState.PUBLISHED)
    if session.starts_at > now:
        refuse(_("The session lies ahead."), code="early")
    if person_visits < groups:
        text = _("A group has at least one person.")
        raise ValidationError({"person_visits": ValidationError(text, code="too_few")})
    session.state = SessionState.HELD
    session.groups, session.person_visits = groups, person_visits
    session.full_clean()
    session.save(update_fields=["state", "groups", "person_visits"])
    totals: dict[str, Any] = {"groups": groups, "person_visits": person_visits}
    write_event(session, SessionStep.HOLD, by=by, now=now, **totals)
    return session
