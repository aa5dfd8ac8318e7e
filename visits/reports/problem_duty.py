"""Whose a problem is: those who work for a unit, and those who lead its study."""

from django.db.models import Q

from cadres.models import Account
from visits.models import Problem
from visits.models.investigation import problem_units
from visits.reports.matter_duty import acting_for


def workers_of(unit: int | None) -> list[Account]:
    """Who works on problems for this unit today; nobody if it is not in this system.

    Those with a role in the unit; where there are none, whoever else acts for it, such
    as its leading officials: a deadline need not go before all of them.
    """
    if unit is None:
        return []
    near = Q(unit=unit) | Q(cadre__unit=unit) | Q(grants__unit=unit)
    rows = Account.objects.filter(near, is_active=True).select_related("cadre", "unit")
    people = list(rows.with_grants().distinct().order_by("pk"))
    may = [it for it in people if unit in problem_units(it)]
    of_unit = [it for it in may if unit in it.unit_ids("visits.handle_problem")]
    return of_unit or may


def leaders(problem: Problem) -> list[Account]:
    """Who leads the investigation, and those who act for them today."""
    return acting_for(problem.investigation.leader_id)
