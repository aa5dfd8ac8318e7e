from datetime import timedelta

import pytest

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import RoleGrantFactory, UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.visits import at
from visits.actions.warn_of_limits import warn_of_limits
from visits.models import Letter, Notice
from visits.rules.letter_states import Category, Clock, Step

pytestmark = pytest.mark.django_db
START = at("2026-03-02 10:00")  # C1 ends on Tue 17 March, C4 from this day too


@pytest.fixture
def world(js):
    class World:
        office_above = petition_office(js.js)
        office = petition_office(js.xuzhou, superior=office_above)
        petition = officer(office, name="信访干部")
        clerk = officer(office, Role.CLERK)
        above = UnitFactory(name="江苏省水利厅", place=js.js)
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
        handler = officer(water, Role.HANDLER)
        head = officer(water, Role.UNIT_HEAD)
        reviewer = officer(above, Role.REVIEW_OFFICER)
        stranger = officer(UnitFactory(place=js.nanjing), Role.UNIT_HEAD)
        sealer = officer(office, Role.SEAL_OFFICER)
        place = js.huancheng

    return World


def registered(world, **fields):
    return letter_at(
        world.place, office=world.office, by=world.clerk, now=START, **fields
    )


def forwarded(world):
    return take(
        registered(world), Step.FORWARD, world.petition, START, to_unit=world.water
    )


def told(kind=None):
    rows = Notice.objects.filter(letter__isnull=False, key__startswith="limit:")
    if kind:
        rows = rows.filter(kind=kind)
    return {(it.account, it.key.split(":")[2], it.days) for it in rows}


def warn(day):
    warn_of_limits(now=at(f"{day} 07:05"))


@pytest.mark.parametrize(
    ("day", "days"),
    [("2026-03-06", None), ("2026-03-07", 10), ("2026-03-14", 3), ("2026-03-17", 0)],
)
def test_the_petition_office_is_told_of_its_own_clock(world, day, days):
    registered(world)

    warn(day)

    assert told() == ({(world.petition, "C1", days)} if days is not None else set())


def test_each_stage_is_told_once_however_often_it_runs(world):
    registered(world)

    for day in ("2026-03-07", "2026-03-08", "2026-03-14", "2026-03-17", "2026-03-18"):
        warn(day)
        warn(day)

    assert [it.days for it in Notice.objects.order_by("pk")] == [10, 3, 0, -1]
    assert Notice.objects.last().kind == Notice.Kind.LATE


def test_without_a_handler_the_head_is_the_owner_and_the_office_watches(world):
    forwarded(world)

    warn("2026-03-08")
    assert told() == {(world.head, "C4", 9), (world.head, "C5", 1)}

    warn("2026-03-17")
    assert (world.petition, "C4", 0) in told()
    assert world.handler not in {account for account, _clock, _days in told()}


def test_a_handler_is_told_first_and_the_head_when_it_is_due(world):
    letter = forwarded(world)
    Letter.objects.filter(pk=letter.pk).update(handler=world.handler)

    warn("2026-03-15")
    assert {a for a, clock, _d in told() if clock == "C4"} == {world.handler}

    warn("2026-03-18")
    assert {a for a, clock, _d in told(Notice.Kind.LATE) if clock == "C4"} == {
        world.handler,
        world.head,
        world.petition,
    }


def told_above():
    rows = Notice.objects.filter(letter__isnull=True, unit__isnull=False)
    return [(it.account, it.unit, it.clock, it.days) for it in rows.order_by("pk")]


def test_the_superior_office_hears_of_a_late_route_once_and_without_a_letter(world):
    superior = officer(world.office_above)
    registered(world)
    registered(world)

    warn("2026-03-14")
    assert told_above() == []

    warn("2026-03-17")
    warn("2026-03-17")
    assert told_above() == [(superior, world.office, Clock.ROUTE.label, 0)]


def test_the_head_of_the_petition_office_hears_before_its_superior(world):
    head = officer(world.office, Role.UNIT_HEAD)
    superior = officer(world.office_above)
    registered(world)

    warn("2026-03-18")

    assert [it[0] for it in told_above()] == [head]
    assert superior not in {it[0] for it in told()}


def test_a_superior_hears_nothing_of_sealed_letters(world):
    officer(world.office_above)
    registered(world, category=Category.ACCUSATION)

    warn("2026-03-18")

    assert told_above() == []


def test_above_a_late_review_stands_the_head_of_the_review_office(world):
    head_above = officer(world.above, Role.UNIT_HEAD)
    under_review(world)

    warn("2026-04-05")

    assert told_above() == [(head_above, world.above, Clock.REVIEW.label, -4)]
    assert {account for account, _clock, _days in told()} == {world.reviewer}


def test_a_handler_who_lost_the_role_is_none_and_the_head_acts(world):
    letter = forwarded(world)
    Letter.objects.filter(pk=letter.pk).update(handler=world.handler)
    world.handler.grants.update(last="2026-03-03")

    warn("2026-03-15")

    assert {a for a, clock, _d in told() if clock == "C4"} == {world.head}


def test_in_a_unit_without_head_and_handler_everyone_is_told(world):
    forwarded(world)
    world.head.grants.update(last="2026-03-03")

    warn("2026-03-15")

    assert {a for a, clock, _d in told() if clock == "C4"} == {world.handler}


def test_who_lets_the_right_to_object_pass_is_not_called_late(world):
    forwarded(world)

    warn("2026-03-14")

    assert not [it for it in told(Notice.Kind.LATE) if it[1] == "C5"]


def test_a_report_that_is_due_is_told_to_the_office_as_well(world):
    take(
        registered(world),
        Step.ASSIGN,
        world.petition,
        START,
        to_unit=world.water,
        report_on=(START + timedelta(days=20)).date(),
    )

    warn("2026-03-17")

    assert {(a, d) for a, clock, d in told() if clock == "C6"} == {
        (world.head, 3),
        (world.petition, 3),
    }


def test_a_sealed_letter_is_told_to_seal_officers_alone(world):
    registered(world, category=Category.ACCUSATION)

    warn("2026-03-18")

    assert told() == {(world.sealer, "C1", -1)}


def test_who_may_not_see_the_letter_is_not_told_of_it(world):
    letter = registered(world)
    letter.named.create(official=None, unit=world.water, added_by=world.clerk)
    letter.recusals.create(
        account=world.petition, source="own", ground="亲属", recorded_by=world.clerk
    )

    warn("2026-03-17")

    assert told() == set()


def under_review(world):
    letter = forwarded(world)
    letter = take(letter, Step.ACCEPT, world.handler, START, accepted_on=START.date())
    letter = take(letter, Step.INQUIRE, world.handler, START)
    letter = take(letter, Step.ANSWER, world.head, START, received_on=START.date())
    return take(
        letter,
        Step.ASK_REVIEW,
        world.petition,
        START,
        to_unit=world.above,
        requested_on=START.date(),
    )


def test_reviewers_are_told_of_the_review(world):
    under_review(world)

    warn("2026-03-25")

    assert told() == {(world.reviewer, "C10", 7)}


def test_a_closed_letter_warns_nobody(world):
    take(registered(world), Step.GUIDE, world.petition, START)

    warn("2026-03-18")

    assert told() == set()


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_follows_the_people_not_the_letters(
    world, count, django_assert_max_num_queries
):
    for _n in range(count):
        registered(world)

    with django_assert_max_num_queries(60):
        warn("2026-03-17")

    assert Notice.objects.count() == count


def test_a_role_that_has_ended_is_told_nothing(world):
    world.petition.grants.update(last="2026-03-01")
    RoleGrantFactory(
        account=Account.objects.get(pk=world.stranger.pk),
        role=Role.PETITION_OFFICER,
        unit=world.office,
        last="2026-03-01",
    )
    registered(world)

    warn("2026-03-17")

    assert told() == set()
