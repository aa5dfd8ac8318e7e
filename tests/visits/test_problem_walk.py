"""Random walks of problems through the real steps: none is lost on the way.

Whatever people try, in whatever order: its history tells how it came there, dates and
words that were changed stand in it, and no finished investigation has one that waits.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.studies import StudyWorld
from visits.models import Investigation, Problem
from visits.rules.investigation_states import MOVE
from visits.rules.problem_states import BY_FORM, ROW, UNSETTLED

pytestmark = pytest.mark.django_db
PEOPLE = ["leader", "liaison", "handler", "helper", "above", "stranger"]


@pytest.fixture
def world(js):
    return StudyWorld(js)


def check(problem):
    study = Investigation.objects.get(pk=problem.investigation_id)
    events = list(problem.events.order_by("pk"))
    assert study.unsettled == study.problems.filter(state__in=UNSETTLED).count()
    assert study.is_open or not study.unsettled
    assert events[-1].to_state == problem.state
    for before, after in pairwise(events):
        assert before.to_state == after.from_state
        assert after.from_state in ROW[after.step].sources
        assert after.acted_as in ROW[after.step].by
    if problem.due_on != problem.first_due_on:
        moved = {it.record.get("before_due_on") for it in events}
        assert problem.first_due_on.isoformat() in moved


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    tries=st.lists(
        st.tuples(
            st.sampled_from([*BY_FORM, *MOVE]),
            st.sampled_from(PEOPLE),
            st.sampled_from(["holds", "fails"]),
        ),
        max_size=15,
    ),
)
def test_a_problem_is_not_lost(world, tries):
    study = world.study()
    problem = world.problem(study)
    for step, who, found in tries:
        try:
            with transaction.atomic():
                if step in MOVE and step != "hand_over":
                    world.move(study, step)
                    continue
                # Of what people try, mostly what the state allows.
                if problem.state not in ROW[step].sources:
                    fitting = [it for it in BY_FORM if problem.state in ROW[it].sources]
                    if not fitting:
                        break
                    step = fitting[len(step) % len(fitting)]
                record = {"look_back": found} if step == "look_back" else {}
                if step == "put_off" and problem.due_on:
                    record = {"due_on": problem.due_on + timedelta(days=5)}
                world.step(problem, step, getattr(world, who), **record)
        except ValidationError:
            pass
        problem = Problem.objects.get(pk=problem.pk)
        check(problem)
