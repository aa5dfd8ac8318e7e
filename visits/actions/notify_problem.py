"""Telling the people concerned that a problem of a study came to them, or came back.

Called inside the transaction of what it tells of; only who may see the problem then is
told, never who acted, and each thing once.
"""

from collections.abc import Iterable

from cadres.models import Account
from visits.actions.write_notices import write_notices
from visits.models import Notice, Problem, ProblemEvent
from visits.reports.problem_duty import leaders, workers_of
from visits.rules.problem_states import ProblemState, ProblemStep

Kind = Notice.Kind


def tell_of_problem(problem: Problem, event: ProblemEvent) -> None:
    """The unit above, what is asked of it; who asked, the answer; a unit, its task."""
    if event.step == ProblemStep.PASS_UP:
        _tell(problem, Kind.PROBLEM_UP, event, workers_of(problem.passed_to_id))
    elif event.step == ProblemStep.ANSWER:
        people = [*leaders(problem), *workers_of(problem.unit_id)]
        _tell(problem, Kind.PROBLEM_REPLY, event, people)
    elif _comes_to_a_unit(event):
        _tell(problem, Kind.PROBLEM_NEW, event, workers_of(problem.unit_id))


def _comes_to_a_unit(event: ProblemEvent) -> bool:
    """It goes under way there, or passes to another unit while it is under way."""
    if event.to_state != ProblemState.UNDER_WAY:
        return False
    return event.from_state != event.to_state or "before_lead_unit" in event.record


def _tell(
    problem: Problem, kind: str, event: ProblemEvent, people: Iterable[Account]
) -> None:
    told = {account.pk: account for account in people if account.pk != event.by_id}
    write_notices(
        [
            Notice(
                account=account,
                kind=kind,
                key=f"{kind}:{event.pk}",
                problem=problem,
                at=event.at,
            )
            for account in told.values()
            if Problem.objects.visible_to(account).filter(pk=problem.pk).exists()
        ]
    )
