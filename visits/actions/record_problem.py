"""A problem is entered into the three lists of an investigation."""

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.move_investigation import locked
from visits.actions.move_problem import name_units, snapshot, write
from visits.models import Investigation, Problem
from visits.reports.problem_units import units_within
from visits.rules.problem_states import ProblemActor, ProblemState, ProblemStep
from visits.rules.study_records import to_json


def record_problem(
    investigation: Investigation,
    *,
    by: Account,
    now: datetime,
    client_key: uuid.UUID,
    text: str,
    level: str,
    due_on: date | None = None,
    **row: str,
) -> Problem:
    """Enter a row; with a measure, a lead unit and a date it is under way at once.

    `row` are the other columns of the row. Sent twice with one `client_key`, it is
    one problem.

    Raises:
        Refusal: code `ended` when the investigation is over.
        ValidationError: keyed by field.
    """
    known = Problem.objects.filter(recorded_by=by, client_key=client_key)
    try:
        with transaction.atomic():
            held = locked(investigation)
            if found := known.first():
                return found
            return _record(held, by, now, client_key, text, level, due_on, row)
    except IntegrityError:
        # The same form, sent twice at once: the first one to arrive has won.
        if found := known.first():
            return found
        raise


def _record(
    held: Investigation,
    by: Account,
    now: datetime,
    client_key: uuid.UUID,
    text: str,
    level: str,
    due_on: date | None,
    row: dict[str, Any],
) -> Problem:
    if due_on and due_on < timezone.localdate(now):
        ahead = _("This day must lie ahead.")
        raise ValidationError({"due_on": ValidationError(ahead, code="not_ahead")})
    problem = Problem(
        investigation=held,
        recorded_by=by,
        client_key=client_key,
        text=text.strip(),
        level=level,
        due_on=due_on,
        first_due_on=due_on,
        version=0,
        **{name: value.strip() for name, value in row.items()},
    )
    begins = problem.measure and problem.lead_unit and due_on
    problem.state = ProblemState.UNDER_WAY if begins else ProblemState.OPEN
    name_units(problem)
    write(
        problem,
        ProblemStep.RECORD,
        by=by,
        acted_as=ProblemActor.LEADER,
        now=now,
        was="",
        record=to_json(snapshot(problem)),
    )
    place = held.unit.place
    problem.supporting_units.set(units_within(problem.supporting, place))
    return problem
