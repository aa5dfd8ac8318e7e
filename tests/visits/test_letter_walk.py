"""Random walks of letters through the real steps, with people of all roles.

Whatever people try, in whatever order: the state is one of the table's, no clock is
lost, nobody reviews what they have handled, and a seal holds.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    RoleGrantFactory,
    UnitFactory,
)
from tests.factories.letters import letter_at, officer, petition_office
from tests.factories.visits import at
from visits.actions.move_letter import move_letter
from visits.models import Letter, LetterEvent
from visits.reports.clocks_now import clocks_now
from visits.reports.letter_steps import steps_for
from visits.rules.letter_records import FIELDS
from visits.rules.letter_states import (
    AT_UNIT,
    IN_REVIEW,
    ROW,
    Actor,
    Category,
    LetterState,
    Step,
    target_of,
)

pytestmark = pytest.mark.django_db
START = at("2026-03-02 10:00")
STEPS = [step for step in Step if step != Step.RECEIVE]
SEALING = (Step.SORT, Step.FIND_ACCUSATION)
DECIDERS = (Actor.UNIT, Actor.HEAD, Actor.REVIEWER)


@pytest.fixture
def world(js):
    class World:
        place = js.huancheng
        office = petition_office(js.xuzhou)
        top = UnitFactory(name="江苏省人民政府", place=js.js)
        above = UnitFactory(name="江苏省水利厅", place=js.js, superior=top)
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
        roads = UnitFactory(name="徐州市交通局", place=js.xuzhou, superior=above)
        clerk = officer(office, Role.CLERK)
        sealer = officer(office, Role.SEAL_OFFICER)
        official = CadreFactory(unit=water)
        units = [water, roads, above, top]
        people = [
            clerk,
            sealer,
            officer(office),
            *(officer(unit, Role.HANDLER) for unit in (water, roads)),
            *(officer(unit, Role.UNIT_HEAD) for unit in (water, roads, above)),
            *(officer(unit, Role.REVIEW_OFFICER) for unit in (above, top)),
            officer(office, Role.DISTRICT_ADMIN),
            officer(office, Role.AUDITOR),
        ]

    # Over the offices of the whole city, organs that receive letters themselves too.
    World.people.append(
        AccountFactory(
            unit=World.office, role=Role.PETITION_OFFICER, role__place=js.xuzhou
        )
    )
    leader = CadreFactory(unit=World.office)
    World.people.append(officer(World.office, Role.LEADER, cadre=leader))
    # Someone who works in the unit that handles and reviews for the one above.
    both = officer(World.water, Role.UNIT_HEAD)
    for unit in (World.above, World.top):
        RoleGrantFactory(account=both, role=Role.REVIEW_OFFICER, unit=unit)
    World.people.append(Account.objects.get(pk=both.pk))
    return World


def value_of(draw, name, world, today):
    field = FIELDS[name]
    if field.kind == "date":
        return draw(st.integers(-3, 1).map(lambda n: today + timedelta(days=n)))
    if field.kind == "unit":
        return draw(st.sampled_from(world.units))
    if field.kind == "official":
        return draw(st.sampled_from([None, world.official]))
    if field.kind == "account":
        return draw(st.sampled_from(world.people))
    if field.kind == "days":
        return draw(st.sampled_from([10, 20, 30, 31]))
    if field.kind == "yes":
        return True
    if field.choices:
        return draw(st.sampled_from(field.choices.values))
    return "据实记录"


def attempt(draw, letter, world, now):
    """Who tries what: mostly what the page offers, at times anything at all."""
    first = draw(st.integers(0, len(world.people) - 1))
    turn = [*world.people[first:], *world.people[:first]]
    offered = next(((p, moves) for p in turn if (moves := steps_for(letter, p))), None)
    if offered and draw(st.integers(0, 9)):
        by, step = offered[0], draw(st.sampled_from(offered[1])).step
    else:
        by, step = turn[0], draw(st.sampled_from(STEPS))
    move, today = ROW[step], now.date()
    record = {name: value_of(draw, name, world, today) for name in move.needs}
    if "route" in record and draw(st.integers(0, 3)):
        is_petition = letter.category == Category.REQUEST
        record["route"] = "petition" if is_petition else "duty"
    if "delivered_how" in record and "received_on" in move.may:
        record["received_on"] = today
    for name in move.may:
        if draw(st.booleans()):
            record[name] = value_of(draw, name, world, today)
    return by, step, record


def shape(letter):
    """All that a refusal must leave as it was."""
    return (
        model_to_dict(letter),
        letter.version,
        letter.events.count(),
        sorted(letter.clocks.values_list("pk", flat=True)),
    )


def stored(letter):
    rows = letter.clocks.order_by("pk")
    return [
        (c.clock, c.started_on, c.legal_on, c.safe_on, c.is_provisional, c.stopped_on)
        for c in rows
    ]


def check_clocks(letter, known, *, may_change_track):
    found = clocks_now(letter)
    assert stored(letter) == [
        (c.clock, c.started_on, c.legal, c.safe, c.is_provisional, c.stopped_on)
        for c in found
    ]
    for clock in found:
        assert clock.is_running or clock.clock in ROW[Step(clock.stop_step)].stops
        assert clock.is_running == (clock.stop_step == "")
    now = {(clock.clock, clock.started_on) for clock in found}
    assert may_change_track or known <= now
    return now


def check_move(before, letter, move):
    assert before in move.sources
    assert letter.state in LetterState.values
    event = letter.events.order_by("pk").last()
    assert (event.from_state, event.to_state, event.step) == (
        before,
        letter.state,
        move.step,
    )
    ends = {
        target_of(move, current=before, came_from=origin, is_assigned=assigned)
        for origin in AT_UNIT
        for assigned in (False, True)
    }
    # What turns out to be an accusation is back with the office, sealed.
    turned = move.step in SEALING and letter.is_sealed
    assert letter.state in ends or (turned and letter.state == LetterState.REGISTERED)


def check_reviews(letter):
    handled = set()
    for event in letter.events.order_by("pk"):
        if event.step in (Step.REVIEW, Step.REREVIEW):
            assert event.by_id not in handled
        noted = event.acted_as == Actor.REVIEWER and event.to_state in IN_REVIEW
        if event.acted_as in DECIDERS and not noted:
            handled |= {event.by_id, event.drafted_by_id}


def check_seal(letter, world):
    if letter.is_sealed:
        for person in world.people:
            sees = Letter.objects.visible_to(person).filter(pk=letter.pk).exists()
            assert sees == (person == world.sealer)
            if not sees:
                assert steps_for(letter, person) == []
        assert (letter.request, letter.facts, letter.search_text) == ("", "", "")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_letter_walks_within_the_table(world, data):
    draw = data.draw
    with transaction.atomic():
        # Most come to the petition office, some to the organ that handles them.
        is_direct = draw(st.integers(0, 3)) == 0
        letter = letter_at(
            world.place,
            office=world.water if is_direct else world.office,
            by=world.clerk,
            now=START,
            category=draw(st.sampled_from([Category.REQUEST, *Category.values, ""])),
            is_urgent=(urgent := draw(st.booleans())),
            urgent_reason="断水" if urgent else "",
        )
        now, known, taken = START, set(), 0
        known = check_clocks(letter, known, may_change_track=False)
        for _n in range(12):
            now += timedelta(days=draw(st.integers(0, 12)))
            letter.refresh_from_db()
            before, state = shape(letter), letter.state
            by, step, record = attempt(draw, letter, world, now)
            try:
                with transaction.atomic():
                    letter = move_letter(
                        letter,
                        by=by,
                        step=step,
                        record=record,
                        version=letter.version,
                        now=now,
                    )
            except ValidationError:
                letter.refresh_from_db()
                assert shape(letter) == before
                continue
            taken += 1
            letter = Letter.objects.get(pk=letter.pk)
            assert letter.version == before[1] + 1
            assert letter.events.count() == before[2] + 1
            check_move(state, letter, ROW[step])
            known = check_clocks(letter, known, may_change_track=step in SEALING)
            check_reviews(letter)
            check_seal(letter, world)
        target(float(taken))
        transaction.set_rollback(True)


def test_who_handled_is_offered_no_review(world):
    """The walk's own world can tell: the person of two units is shut out."""
    both = world.people[-1]
    letter = letter_at(world.place, office=world.office, by=world.clerk, now=START)
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.UNDER_REVIEW, unit=world.water, review_unit=world.above
    )
    letter.refresh_from_db()
    offered = [move.step for move in steps_for(letter, both)]
    assert Step.REVIEW in offered

    LetterEvent.objects.create(
        letter=letter,
        step=Step.INQUIRE,
        to_state=LetterState.HANDLING,
        on=START.date(),
        by=both,
        acted_as=Actor.UNIT,
    )

    assert steps_for(letter, both) == []
