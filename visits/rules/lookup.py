"""What a petitioner reads of their letter, in plain words (handbook 7.8)."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visits.rules.letter_states import Category, LetterState

S = LetterState
PLAIN: dict[str, str | Promise] = {
    S.REGISTERED: _("We have registered it and are finding out who deals with it."),
    S.FORWARDED: _("It has been passed on to the unit that deals with such matters."),
    S.ASSIGNED: _("It has been passed on to a unit, which must report back to us."),
    S.ESCALATED: _("It has been put before the leadership."),
    S.OBJECTION: _("It is being cleared which unit deals with it."),
    S.GUIDED: _("Another way is open to you; you have been told where in writing."),
    S.ACCEPTED: _("It has been accepted and will be dealt with."),
    S.NOT_ACCEPTED: _("It was not accepted; the reasons were given in writing."),
    S.DISPUTE: _("It has been accepted; it is being cleared which unit leads."),
    S.HANDLING: _("The unit is looking into it."),
    S.EXTENDED: _("The unit needs more time and has told you why."),
    S.ANSWERED: _("The unit has answered."),
    S.UNDER_REVIEW: _("A higher organ is reviewing the answer."),
    S.REVIEW_ANSWERED: _("The review has been answered."),
    S.UNDER_REREVIEW: _("A higher organ is reviewing it once more."),
    S.ENDED: _("The procedure has come to its end."),
    S.SUPERVISED: _("We watch that what was decided for you is carried out."),
    S.CLOSED: _("It is closed."),
    S.ARCHIVED: _("It is closed."),
}
# One sentence for all that other organs answer: whoever finds a receipt cannot tell an
# accusation from a lawsuit.
ELSEWHERE = _("It has been received. The competent organ answers you itself.")


def is_answered_elsewhere(*, is_sealed: bool, category: str) -> bool:
    return is_sealed or category == Category.LITIGATION


def plain_typed(text: str) -> str:
    """A reference or code as it is kept, however it was typed."""
    return "".join(text.upper().split()).replace("-", "")


def is_plain(typed: str) -> bool:
    """Whether it can be a reference, however one was made."""
    return re.fullmatch(r"[0-9A-Z]{8}", typed, re.ASCII) is not None
