"""A leader who cannot come is replaced; both names stay on the public page."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre
from visits.actions.change_session import locked, write_event
from visits.actions.notify_session import tell_of_session
from visits.actions.plan_session import add_leader
from visits.models import ReceptionSession
from visits.rules.sessions import TO_COME, SessionStep


@transaction.atomic
def replace_leader(
    session: ReceptionSession,
    *,
    by: Account,
    now: datetime,
    leader: Cadre,
    successor: Cadre,
    reason: str,
) -> ReceptionSession:
    """Let `successor` receive in place of `leader`.

    Raises:
        Refusal: code `move_not_allowed`.
        ValidationError: `leader`, code `not_named`; keyed by field.
    """
    session = locked(session, *TO_COME)
    leaves = session.leaders.filter(official=leader, left_at__isnull=True).first()
    if leaves is None:
        text = _("This leader is not, or no longer, named for the session.")
        raise ValidationError({"leader": ValidationError(text, code="not_named")})
    leaves.left_at, leaves.left_because = now, reason
    leaves.save(update_fields=["left_at", "left_because"])
    add_leader(session, successor, replaces=leaves)
    names = {"leader": leader.name, "successor": successor.name}
    event = write_event(
        session, SessionStep.REPLACE, by=by, now=now, note=reason, **names
    )
    tell_of_session(session, event)
    return session
