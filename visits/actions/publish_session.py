"""A reception session is made known to everyone."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting
from visits.actions.change_session import locked, write_event
from visits.actions.refusals import refuse
from visits.models import ReceptionSession
from visits.rules.sessions import SessionState, SessionStep, is_late_notice


@transaction.atomic
def publish_session(
    session: ReceptionSession, *, by: Account, now: datetime, late_reason: str = ""
) -> ReceptionSession:
    """Publish it, `notice.reception_days` ahead; later only with a reason.

    Raises:
        Refusal: code `move_not_allowed`, `past`.
        ValidationError: `late_reason`, code `late`.
    """
    session = locked(session, SessionState.PLANNED)
    if session.starts_at <= now:
        refuse(_("This lies in the past."), code="past")
    days = Setting.objects.as_dict()["notice.reception_days"]
    if not is_late_notice(timezone.localdate(now), session.on, days=days):
        late_reason = ""
    elif not late_reason.strip():
        text = _("It is published fewer than %(days)s days ahead: say why.")
        raise ValidationError(
            {"late_reason": ValidationError(text, code="late", params={"days": days})}
        )
    session.state, session.published_at = SessionState.PUBLISHED, now
    session.late_reason = late_reason
    session.full_clean()
    session.save(update_fields=["state", "published_at", "late_reason"])
    write_event(session, SessionStep.PUBLISH, by=by, now=now, note=late_reason)
    return session
