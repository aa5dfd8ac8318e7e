"""How a problem stands to a person, and which steps they may take now."""

from collections.abc import Collection

from django.db.models import QuerySet

from cadres.models import Account
from visits.models import Problem, Stop, Visit
from visits.models.investigation import problem_units
from visits.reports.problem_units import units_above
from visits.rules.problem_states import (
    AFTER_THE_END,
    ProblemActor,
    ProblemMove,
    ProblemStep,
    steps_from,
)


def parts_in(problem: Problem, user: Account) -> set[ProblemActor]:
    """In which parts someone who sees this problem may act on it.

    Nobody answers from above what they, or whom they act for, passed up themselves.
    """
    found = set()
    leads = problem.investigation.leader_id in user.acts_for_ids()
    if leads and user.has_perm("visits.lead_investigation"):
        found.add(ProblemActor.LEADER)
    units = problem_units(user)
    if problem.unit_id in units:
        found.add(ProblemActor.UNIT)
    if units and problem.supporting_units.filter(pk__in=units).exists():
        found.add(ProblemActor.SUPPORT)
    if problem.passed_to_id in units and not leads:
        found.add(ProblemActor.ABOVE)
    return found


def offers_for(
    problem: Problem, parts: Collection[ProblemActor], user: Account
) -> list[ProblemMove]:
    """What a page offers to someone with these `parts`."""
    found = [it for it in steps_from(problem.state) if set(parts).intersection(it.by)]
    return [it for it in found if _makes_sense(problem, it, user)]


def _makes_sense(problem: Problem, move: ProblemMove, user: Account) -> bool:
    study = problem.investigation
    if not study.is_open and move.step not in AFTER_THE_END:
        return False
    if move.step == ProblemStep.PUT_OFF:
        return problem.due_on is not None
    if move.step == ProblemStep.PASS_UP:
        return units_above(study.unit).exists()
    if move.step == ProblemStep.TO_MATTER:
        return problem.matter_id is None and stops_of(problem, user).exists()
    return True


def stops_of(problem: Problem, user: Account) -> QuerySet[Stop]:
    """Where a matter out of this problem may be decided: stops with findings."""
    known = Visit.objects.visible_to(user).values("pk")
    rows = Stop.objects.filter(
        findings__investigation=problem.investigation_id, visit__in=known
    )
    return rows.select_related("place").distinct().order_by("-starts_at", "-pk")
