"""What investigations ask of someone now: counts for the page of today."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

from django.db.models import Count, Min, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Problem
from visits.models.problem import due, to_answer, to_look_back
from visits.reports.problem_list import SOON, ProblemShow


class StudyWork(Enum):
    DUE = "due"
    ANSWER = "answer"
    LOOK_BACK = "look_back"


# What it is, how the line reads, and which list opens.
STUDY_WORDS: dict[StudyWork, tuple[Promise, Promise, str]] = {
    StudyWork.DUE: (
        _("Measures of investigations"),
        _("Problems that are due: %(n)d"),
        ProblemShow.DUE,
    ),
    StudyWork.ANSWER: (
        _("Passed up to us"),
        _("Problems to be answered from above: %(n)d"),
        ProblemShow.PASSED_UP,
    ),
    StudyWork.LOOK_BACK: (
        _("Settled problems"),
        _("Settled problems to look back on: %(n)d"),
        ProblemShow.LOOK_BACK,
    ),
}


def study_work(user: Account, *, on: date) -> Iterable[tuple[StudyWork, int, date]]:
    """Of each kind that there is: how many, and the day of the first; one query."""
    if not user.has_perm("visits.handle_problem"):
        return []
    kinds = (
        (StudyWork.DUE, due(user, by=on + timedelta(days=SOON)), "due_on"),
        (StudyWork.ANSWER, to_answer(user), "passed_on"),
        (StudyWork.LOOK_BACK, to_look_back(user, on=on), "look_back_on"),
    )
    parts = [
        Problem.objects.filter(which)
        .values(kind=Value(kind.value))
        .annotate(n=Count("pk"), first=Min(day))
        .values_list("kind", "n", "first")
        .order_by()
        for kind, which, day in kinds
    ]
    counted = parts[0].union(*parts[1:], all=True)
    found = {kind: (n, first) for kind, n, first in counted if n}
    return [
        (kind, *found[kind.value])
        for kind, _which, _day in kinds
        if kind.value in found
    ]
