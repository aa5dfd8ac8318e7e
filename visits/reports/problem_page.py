"""One problem as its page shows it to one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cadres.models import Account
from visits.models import Investigation, Matter, Problem, ProblemEvent
from visits.reports.problem_list import ProblemRow, limit_of
from visits.reports.problem_steps import offers_for, parts_in
from visits.rules.problem_states import EXPECTED, ProblemActor, ProblemMove
from visits.rules.study_records import in_words


@dataclass(frozen=True)
class ProblemPage:
    problem: Problem
    row: ProblemRow
    parts: set[ProblemActor]
    expected: ProblemMove | None
    others: Sequence[ProblemMove]
    history: Sequence[tuple[ProblemEvent, Sequence[tuple[Any, Any]]]]
    matter: Matter | None
    # None where only this problem of it is in the reader's sight.
    investigation: Investigation | None


def problem_page(problem: Problem, user: Account, *, on: date) -> ProblemPage:
    """Everything on the page, in a fixed number of queries."""
    parts = parts_in(problem, user)
    offers = offers_for(problem, parts, user)
    by_step = {it.step: it for it in offers}
    wanted = next((by_step[it] for it in EXPECTED if it in by_step), None)
    events = problem.events.select_related("by", "unit").order_by("pk")
    studies = Investigation.objects.visible_to(user)
    matters = Matter.objects.visible_to(user).filter(problems=problem)
    return ProblemPage(
        problem=problem,
        row=ProblemRow(problem, *limit_of(problem, on=on)),
        parts=parts,
        expected=wanted,
        others=[it for it in offers if it is not wanted],
        history=[(it, in_words(it.record)) for it in events],
        matter=matters.first() if problem.matter_id else None,
        investigation=studies.filter(pk=problem.investigation_id).first(),
    )
