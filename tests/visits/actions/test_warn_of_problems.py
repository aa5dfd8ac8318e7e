from datetime import timedelta

import pytest

from tests.factories.studies import StudyWorld
from visits.actions.warn_of_problems import warn_of_problems
from visits.models import Notice

pytestmark = pytest.mark.django_db
UNIT, LEADERS = {"承办人", "局长"}, {"辛志强", "联络员"}


@pytest.fixture
def world(js):
    return StudyWorld(js)


def warned(world, left, **fields):
    """Who is told of a problem with `left` days to go, and of which kind."""
    problem = world.under_way(**fields)
    due_on = world.today + timedelta(days=left)
    type(problem).objects.update(due_on=due_on, first_due_on=due_on)
    Notice.objects.all().delete()
    warn_of_problems(now=world.now)
    warn_of_problems(now=world.now)
    return sorted(Notice.objects.values_list("account__name", "kind"))


@pytest.mark.parametrize(
    ("left", "told", "kind"),
    [
        (11, set(), None),
        (10, UNIT, "problem_near"),
        (3, UNIT, "problem_near"),
        (0, UNIT | LEADERS, "problem_near"),
        (-1, UNIT | LEADERS, "problem_late"),
    ],
)
def test_the_unit_is_told_in_three_steps_and_the_leader_from_the_day(
    world, left, told, kind
):
    assert warned(world, left) == sorted((name, kind) for name in told)


def test_the_leader_is_told_of_a_unit_that_is_not_in_the_system(world):
    found = warned(world, 9, lead_unit="外地水利站")

    assert {name for name, _kind in found} == LEADERS


def test_nobody_is_warned_of_what_is_passed_up(world):
    world.passed_up()
    Notice.objects.all().delete()

    warn_of_problems(now=world.now)

    assert not Notice.objects.exists()
