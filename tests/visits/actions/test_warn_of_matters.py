from datetime import timedelta

import pytest

from tests.factories.matters import MatterWorld
from visits.actions.warn_of_matters import warn_of_matters
from visits.models import Notice

pytestmark = pytest.mark.django_db
UNIT, DECIDER = {"承办人", "局长"}, {"辛志强", "联络员"}


@pytest.fixture
def world(js):
    return MatterWorld(js)


@pytest.mark.parametrize(
    ("left", "told", "kind"),
    [
        (11, set(), None),
        (10, UNIT, "matter_near"),
        (3, UNIT, "matter_near"),
        (0, UNIT | DECIDER, "matter_near"),
        (-1, UNIT | DECIDER, "matter_late"),
    ],
)
def test_the_unit_is_told_in_three_steps_and_the_decider_from_the_day(
    world, left, told, kind
):
    world.matter(due_on=world.today + timedelta(days=left))

    warn_of_matters(now=world.now)
    warn_of_matters(now=world.now)

    found = list(Notice.objects.values_list("account__name", "kind"))
    assert sorted(found) == sorted((name, kind) for name in told)


def test_nobody_is_warned_of_what_is_said_to_be_done(world):
    matter = world.said_done()
    type(matter).objects.update(due_on=world.today - timedelta(days=9))
    Notice.objects.all().delete()

    warn_of_matters(now=world.now)

    assert not Notice.objects.exists()
