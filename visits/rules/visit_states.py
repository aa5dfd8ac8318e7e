"""The life of a visit: its states and the moves between them (domain handbook 4.1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitState(TextChoices):
    DRAFT = "draft", _("Draft")
    PLANNED = "planned", _("Planned")
    APPROVED = "approved", _("Approved")
    ANNOUNCED = "announced", _("Announced")
    LOGGED = "logged", _("Logged")
    CONFIRMED = "confirmed", _("Confirmed")
    NOT_HELD = "not_held", _("Did not take place")
    CANCELLED = "cancelled", _("Cancelled")


class Mode(TextChoices):
    ANNOUNCED = "announced", pgettext_lazy("mode of a visit", "Announced")
    UNANNOUNCED = "unannounced", _("Unannounced (four no's, two directs)")
    BY_INVITATION = "by_invitation", _("By invitation")
    NIGHT = "night", _("Night visit")
    VIDEO = "video", _("By video")


class Part(TextChoices):
    """What an official does on a visit."""

    LEAD = "lead", _("Lead")
    COMPANION = "companion", _("Companion")
    RECORDER = "recorder", _("Recorder")


S = VisitState
MOVES: dict[str, set[str]] = {
    S.DRAFT: {S.PLANNED, S.CANCELLED},
    S.PLANNED: {S.DRAFT, S.APPROVED, S.LOGGED, S.NOT_HELD, S.CANCELLED},
    S.APPROVED: {S.PLANNED, S.ANNOUNCED, S.LOGGED, S.NOT_HELD, S.CANCELLED},
    S.ANNOUNCED: {S.PLANNED, S.LOGGED, S.NOT_HELD, S.CANCELLED},
    S.LOGGED: {S.LOGGED, S.CONFIRMED},
    S.CONFIRMED: {S.LOGGED},
    S.NOT_HELD: set(),
    S.CANCELLED: set(),
}
# The officials' time is taken; a draft takes none.
BOOKED = [S.PLANNED, S.APPROVED, S.ANNOUNCED, S.LOGGED, S.CONFIRMED]
TO_COME = [S.PLANNED, S.APPROVED, S.ANNOUNCED]
EDITABLE = [S.DRAFT, *TO_COME]
# What reports count: it happened.
HELD = [S.LOGGED, S.CONFIRMED]


def may_move(current: str, wanted: str) -> bool:
    return wanted in MOVES[current]
