from datetime import timedelta

import pytest

from tests.factories.matters import MatterWorld
from visits.actions.draw_sample import draw_sample
from visits.models import Matter, Notice
from visits.reports.matter_work import matter_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world(js):
    return MatterWorld(js)


def lines(world, account):
    return [(str(it.what), str(it.action)) for it in matter_work(account, world.today)]


def draw(world):
    return draw_sample(
        place=world.js.xuzhou,
        first=world.today,
        last=world.today,
        size=1,
        now=world.now,
        seed=1,
    )


def test_each_matter_names_the_step_that_is_expected(world):
    world.matter(state="raised", decision="")
    assert lines(world, world.leader) == [("Raised", "Decide what is done")]

    Matter.objects.all().update(state="withdrawn")
    world.confirmed()
    assert lines(world, world.leader) == [("Confirmed by the people", "Strike off")]


def test_who_leads_reports_and_who_decided_decides_on_a_later_date(world):
    matter = world.matter(due_on=world.today + timedelta(days=3))
    assert [action for _what, action in lines(world, world.handler)] == ["Report on it"]

    world.take(matter, "ask_delay", world.handler)

    assert ("A later date is asked for", "Decide on the date") in lines(
        world, world.leader
    )


def test_look_backs_are_one_line_and_what_is_drawn_stands_by_itself(world):
    for _n in range(3):
        world.struck_off()
    Matter.objects.update(look_back_on=world.today - timedelta(days=2))
    sample = draw(world)
    [call] = sample.calls.all()

    [drawn, old] = matter_work(call.caller, world.today)

    assert (drawn.title, drawn.url) == (
        call.matter.subject,
        call.matter.get_absolute_url(),
    )
    assert str(old.title) == "Matters to look back on: 2"
    assert old.days == -2


def test_who_is_drawn_is_told(world):
    world.struck_off()

    [call] = draw(world).calls.all()

    [notice] = Notice.objects.filter(kind="matter_call")
    assert (notice.account, notice.matter) == (call.caller, call.matter)
