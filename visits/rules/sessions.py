"""Reception sessions: their forms and states, when published, until when booked."""

from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SessionForm(TextChoices):
    """How a leader receives (handbook 7.10)."""

    FIXED = "fixed", _("On a fixed day")
    INVITATION = "invitation", _("By invitation")
    CASE = "case", _("Going down with a case")
    TOPIC = "topic", _("On one topic")
    JOINT = "joint", _("Joint, several units")
    VIDEO = "video", _("By video")


class SessionState(TextChoices):
    PLANNED = "planned", pgettext_lazy("session", "Not published yet")
    PUBLISHED = "published", pgettext_lazy("session", "Published")
    HELD = "held", pgettext_lazy("session", "Held")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")


class SessionStep(TextChoices):
    PLAN = "plan", pgettext_lazy("session", "Planned")
    PUBLISH = "publish", pgettext_lazy("session", "Publish")
    MOVE = "move", _("Move to another time")
    REPLACE = "replace", _("Replace a leader")
    CANCEL = "cancel", pgettext_lazy("session", "Cancel the session")
    BOOK = "book", _("Book a place")
    DROP = "drop", _("Give a place back")
    OPEN = "open", _("Contact opened")
    RESULT = "result", _("Enter a result")
    HOLD = "hold", _("Close with totals")
    CLEAR = "clear", _("Names and contacts deleted")


class Outcome(TextChoices):
    SETTLED = "settled", _("Settled at once")
    ASSIGNED = "assigned", pgettext_lazy("session", "Assigned to a unit")
    GUIDED = "guided", _("Guided to the legal way")


TO_COME = (SessionState.PLANNED, SessionState.PUBLISHED)
PUBLIC = (SessionState.PUBLISHED, SessionState.HELD, SessionState.CANCELLED)
BOOKED_BEFORE = timedelta(days=1)


def is_late_notice(published_on: date, session_on: date, *, days: int) -> bool:
    """Whether a session is published fewer than `days` ahead (handbook 4.3)."""
    return session_on - published_on < timedelta(days=days)


def booking_closes_at(starts_at: datetime, *, hour: int) -> datetime:
    """The end of the booking list: that hour of the day before; local times."""
    day = starts_at.date() - BOOKED_BEFORE
    return datetime.combine(day, time(hour), tzinfo=starts_at.tzinfo)
