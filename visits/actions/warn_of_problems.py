"""Telling people of deadlines of problems that are near or past (handbook 6)."""

from datetime import datetime

from visits.actions.warn_of_deadlines import warn_of_deadlines
from visits.models import Notice, Problem
from visits.reports.problem_duty import leaders, workers_of
from visits.rules.problem_states import AT_WORK


def warn_of_problems(*, now: datetime) -> None:
    """The lead unit's people, and above them who leads the investigation."""
    rows = Problem.objects.filter(state__in=AT_WORK)
    warn_of_deadlines(
        rows.select_related("investigation"),
        name="problem",
        near=Notice.Kind.PROBLEM_NEAR,
        late=Notice.Kind.PROBLEM_LATE,
        doers=lambda problem: workers_of(problem.unit_id),
        above=leaders,
        now=now,
    )
