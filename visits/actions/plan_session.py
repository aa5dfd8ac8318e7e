"""A reception session is planned; nobody sees it yet but those who plan it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Post, Unit
from visits.actions.change_session import off_rest_days, write_event
from visits.actions.once import once
from visits.models import ReceptionSession, SessionLeader
from visits.rules.sessions import SessionForm, SessionStep


@once(ReceptionSession.objects, "planned_by")
def plan_session(
    *,
    by: Account,
    now: datetime,
    office: Unit,
    place: District,
    starts_at: datetime,
    ends_at: datetime,
    leaders: Sequence[Cadre],
    client_key: uuid.UUID,
    form: str = SessionForm.FIXED,
    **fields: Any,
) -> ReceptionSession:
    """Plan a session; times are local. Sent twice with one key, it is one session.

    A fixed day that is a rest day moves to the next working day, and says so.

    Raises:
        ValidationError: keyed by field, with codes `past`, `no_leader`.
    """
    if not leaders:
        text = _("Name at least one leader.")
        raise ValidationError({"leaders": ValidationError(text, code="no_leader")})
    session = ReceptionSession(
        form=form,
        office=office,
        planned_by=by,
        planned_at=now,
        client_key=client_key,
        **fields,
    )
    session.settle_at(place)
    if form == SessionForm.FIXED:
        meant = starts_at.date()
        starts_at, ends_at, why = off_rest_days(starts_at, ends_at, place)
        if why:
            session.moved_from, session.moved_because = meant, why
    set_times(session, starts_at, ends_at, now=now)
    session.full_clean()
    session.save()
    for official in leaders:
        add_leader(session, official)
    names = [official.name for official in leaders]
    write_event(session, SessionStep.PLAN, by=by, now=now, leaders=names)
    return session


def set_times(
    session: ReceptionSession, starts_at: datetime, ends_at: datetime, *, now: datetime
) -> None:
    if starts_at <= now:
        raise ValidationError(
            {"day": ValidationError(_("This lies in the past."), code="past")}
        )
    session.starts_at, session.ends_at = starts_at, ends_at
    session.on = timezone.localdate(starts_at)


def add_leader(
    session: ReceptionSession,
    official: Cadre,
    replaces: SessionLeader | None = None,
) -> SessionLeader:
    """With the post of that day and the remit of today, as they are made known."""
    posts = Post.objects.filter(cadre=official, first__lte=session.on)
    post = posts.exclude(last__lt=session.on).order_by("-first", "pk").first()
    leader = SessionLeader(
        session=session,
        official=official,
        post=post.title if post else official.unit.name,
        remit=official.remit,
        replaces=replaces,
    )
    leader.full_clean()
    leader.save()
    return leader
