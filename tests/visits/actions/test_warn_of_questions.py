from datetime import timedelta

import pytest

from tests.factories import QuestionFactory, TalkFactory
from tests.factories.matters import MatterWorld
from visits.actions.warn_of_questions import warn_of_questions
from visits.models import Notice

pytestmark = pytest.mark.django_db
UNIT, TEAM = {"承办人", "局长"}, {"辛志强", "联络员"}


@pytest.fixture
def world(js):
    return MatterWorld(js)


def promised(world, left, **more):
    talk = TalkFactory(stop=world.visit().stops.first())
    due_on = world.today + timedelta(days=left)
    fields = {"promised": True, "due_on": due_on, "unit": world.water}
    return QuestionFactory(talk=talk, **(fields | more))


@pytest.mark.parametrize(
    ("left", "told", "kind"),
    [
        (11, set(), None),
        (10, UNIT, "question_near"),
        (3, UNIT, "question_near"),
        (0, UNIT | TEAM, "question_near"),
        (-1, UNIT | TEAM, "question_late"),
    ],
)
def test_the_unit_is_told_in_three_steps_and_the_team_from_the_day(
    world, left, told, kind
):
    promised(world, left)

    warn_of_questions(now=world.now)
    warn_of_questions(now=world.now)

    found = list(Notice.objects.values_list("account__name", "kind"))
    assert sorted(found) == sorted((name, kind) for name in told)


def test_the_team_is_told_of_a_unit_that_is_not_in_the_system(world):
    promised(world, 9, unit=None)

    warn_of_questions(now=world.now)

    assert set(Notice.objects.values_list("account__name", flat=True)) == TEAM


def test_nobody_is_warned_of_what_is_answered(world):
    question = promised(world, -5)
    type(question).objects.update(
        state="answered", answer="下月", answered_by="某", answered_on=world.today
    )

    warn_of_questions(now=world.now)

    assert not Notice.objects.exists()
