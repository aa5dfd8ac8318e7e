"""Problems of investigations as lists: whose they are, what is late, what came up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.models import Account
from visits.models import Problem
from visits.models.investigation import problem_units
from visits.models.problem import ProblemQuerySet, due, to_look_back
from visits.reports.letter_list import days_left
from visits.rules.problem_states import AT_WORK, UNSETTLED, ProblemState

SOON = 14  # days before its deadline in which a problem is due soon


class ProblemShow(TextChoices):
    PASSED_UP = "passed_up", _("Passed up to us")
    ANSWERED = "answered", _("Answered by us")
    AT_UNIT = "at_unit", _("At our unit")
    DUE = "due", _("Due soon")
    LATE = "late", _("Late")
    OPEN = "open", pgettext_lazy("problems", "Open")
    FROM_ABOVE = "from_above", _("Answers from above")
    LOOK_BACK = "look_back", _("To look back on")
    ALL = "all", _("All")


# Lists that stand by their date; the rest is newest first.
BY_LIMIT = (
    ProblemShow.AT_UNIT,
    ProblemShow.DUE,
    ProblemShow.LATE,
    ProblemShow.OPEN,
)


def problems_of(user: Account, show: str, *, on: date) -> ProblemQuerySet:
    rows = Problem.objects.visible_to(user)
    if show == ProblemShow.PASSED_UP:
        return rows.to_answer(user)
    if show == ProblemShow.ANSWERED:
        return rows.passed_to(user).exclude(answer="")
    if show == ProblemShow.AT_UNIT:
        return rows.at_unit(user).filter(state__in=AT_WORK)
    if show == ProblemShow.DUE:
        return rows.filter(due(user, by=on + timedelta(days=SOON)))
    if show == ProblemShow.LOOK_BACK:
        return rows.filter(to_look_back(user, on=on))
    if show == ProblemShow.LATE:
        return rows.late(on=on)
    if show == ProblemShow.OPEN:
        return rows.filter(state__in=UNSETTLED)
    if show == ProblemShow.FROM_ABOVE:
        return rows.filter(state=ProblemState.ANSWERED)
    return rows.standing()


def first_shown(user: Account) -> ProblemShow:
    """What waits for an answer comes first, where something may be passed up."""
    if problem_units(user) and Problem.objects.all().to_answer(user).exists():
        return ProblemShow.PASSED_UP
    return ProblemShow.OPEN


@dataclass(frozen=True)
class ProblemRow:
    """A problem, and how near its limit is in words and tone."""

    problem: Problem
    words: str
    tone: str


def with_limits(problems: Sequence[Problem], *, on: date) -> list[ProblemRow]:
    return [ProblemRow(it, *limit_of(it, on=on)) for it in problems]


def limit_of(problem: Problem, *, on: date) -> tuple[str, str]:
    if problem.state in AT_WORK and problem.due_on:
        left = (problem.due_on - on).days
        return days_left(left), "late" if left < 0 else "soon" if left <= 10 else "ok"
    tones: dict[str, str] = {
        ProblemState.OPEN: "soon",
        ProblemState.PASSED_UP: "soon",
        ProblemState.ANSWERED: "ok",
        ProblemState.SETTLED: "ok",
    }
    return "", tones.get(problem.state, "neutral")
