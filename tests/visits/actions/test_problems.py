import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from tests.factories.studies import StudyWorld
from visits.actions.move_problem import move_problem
from visits.actions.refusals import Refusal
from visits.actions.turn_problem import turn_into_matter
from visits.models import Investigation, Matter, Problem, ProblemEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world(js):
    return StudyWorld(js)


def last(problem):
    return problem.events.order_by("pk").last()


def test_a_row_that_is_complete_is_under_way_at_once(world):
    study = world.study()
    world.problem(study)

    problem = world.under_way(study, supporting="交通局、村委会")

    assert (problem.state, problem.unit) == ("under_way", world.water)
    assert list(problem.supporting_units.all()) == [world.roads]
    assert problem.first_due_on == problem.due_on
    study.refresh_from_db()
    assert study.unsettled == 2


def test_it_is_entered_once(world):
    study, key = world.study(), uuid.uuid4()

    assert world.problem(study, client_key=key) == world.problem(study, client_key=key)
    assert study.problems.count() == 1


def test_the_first_date_stays_and_a_later_one_needs_a_reason(world):
    problem = world.under_way()
    first = problem.due_on

    with pytest.raises(ValidationError) as refusal:
        world.step(problem, "put_off", world.leader, reason="")
    problem = world.step(problem, "put_off", world.leader)

    assert list(refusal.value.message_dict) == ["reason"]
    assert problem.due_on > first == problem.first_due_on
    assert last(problem).record["before_due_on"] == first.isoformat()


def test_a_change_keeps_the_earlier_words(world):
    problem = world.under_way(root_cause="职责交叉")

    problem = world.step(
        problem,
        "change",
        world.leader,
        text="管护无人",
        measure="签订协议",
        lead_unit="交通局",
    )

    record = last(problem).record
    assert (problem.text, problem.unit) == ("管护无人", world.roads)
    assert record["before_text"] == "管护责任没有分清"
    assert record["before_root_cause"] == "职责交叉"
    assert record["before_lead_unit"] == "水务局"


def test_what_is_under_way_keeps_a_measure_and_a_unit(world):
    with pytest.raises(ValidationError) as refusal:
        world.step(world.under_way(), "change", world.leader)

    assert refusal.value.messages == ["Name the measure, the unit and the date."]


def test_the_units_add_evidence_and_the_leader_alone_settles(world):
    problem = world.under_way(supporting="交通局")

    problem = world.step(problem, "report", world.handler)
    problem = world.step(problem, "report", world.helper, evidence="路已修好")

    assert last(problem).acted_as == "support"
    assert last(problem).record["before_evidence"] == "已签协议"
    with pytest.raises(Refusal) as refusal:
        world.step(problem, "settle", world.handler)
    assert refusal.value.code == "not_yours"
    assert world.step(problem, "settle", world.leader).state == "settled"


def test_it_is_passed_up_and_the_answer_comes_back(world):
    problem = world.passed_up()

    assert (problem.level, problem.passed_on) == ("above", world.today)
    with pytest.raises(Refusal):
        world.step(problem, "answer", world.leader)
    problem = world.step(problem, "answer", world.above, answer_kind="refused")

    assert (problem.state, problem.answer) == ("answered", "纳入省标修订")
    assert last(problem).unit == world.province
    problem = world.step(problem, "start", world.leader)
    assert problem.state == "under_way"
    assert problem.answer == "纳入省标修订"


def test_an_earlier_answer_stays_when_it_is_passed_up_again(world):
    problem = world.step(world.passed_up(), "answer", world.above)

    problem = world.step(problem, "pass_up", world.leader, asked="再请")

    assert (problem.state, problem.answer) == ("passed_up", "")
    assert last(problem).record["before_answer"] == "纳入省标修订"


@pytest.mark.parametrize("where", ["roads", "water"])
def test_it_is_passed_only_to_a_unit_above(world, where):
    with pytest.raises(ValidationError) as refusal:
        unit = getattr(world, where)
        world.step(world.problem(), "pass_up", world.leader, passed_to=unit)

    assert list(refusal.value.message_dict) == ["passed_to"]


def test_a_look_back_that_fails_opens_problem_and_investigation_again(world):
    problem = world.settled()
    study = world.move(problem.investigation, "finish")

    problem = world.step(
        problem, "look_back", world.leader, look_back="fails", look_back_text="又漏水"
    )

    study = Investigation.objects.get(pk=study.pk)
    assert (problem.state, study.state, study.unsettled) == ("open", "open", 1)
    reopened = study.events.order_by("pk").last()
    assert (reopened.step, reopened.record["reason"]) == ("reopen", "又漏水")


def test_a_look_back_that_holds_leaves_all_as_it_is(world):
    problem = world.settled()
    study = world.move(problem.investigation, "finish")

    problem = world.step(problem, "look_back", world.leader)

    study.refresh_from_db()
    assert (problem.state, problem.looked_back_on) == ("settled", world.today)
    assert study.state == "finished"


def test_nothing_else_happens_to_it_once_the_topic_is_over(world):
    problem = world.settled()
    world.move(problem.investigation, "finish")

    with pytest.raises(Refusal) as refusal:
        world.step(problem, "reopen", world.leader)

    assert refusal.value.code == "ended"


def test_only_what_nobody_has_acted_on_is_withdrawn(world):
    withdrawn = world.step(world.problem(), "withdraw", world.leader)
    acted = world.step(world.passed_up(), "call_back", world.leader)

    assert withdrawn.state == "withdrawn"
    with pytest.raises(Refusal) as refusal:
        world.step(acted, "withdraw", world.leader)
    assert refusal.value.code == "touched"


def test_a_stale_step_and_a_stranger_are_refused(world):
    problem = world.under_way()
    world.step(problem, "report", world.handler)

    for by, code in ((world.leader, "stale"), (world.stranger, "not_yours")):
        with pytest.raises(Refusal) as refusal:
            move_problem(
                problem,
                by=by,
                step="settle",
                record=world.words("settle"),
                version=problem.version,
                now=world.now,
            )
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("step", "name"),
    [("start", "due_on"), ("settle", "look_back_on"), ("look_back", "look_back_on")],
)
def test_days_lie_ahead(world, step, name):
    make = {"start": world.problem, "settle": world.under_way}.get(step, world.settled)

    with pytest.raises(ValidationError) as refusal:
        past = {name: world.today - timedelta(days=1)}
        world.step(make(), step, world.leader, **past)

    assert list(refusal.value.message_dict) == [name]


def test_a_start_does_not_move_a_date_unseen(world):
    problem = world.step(world.passed_up(), "call_back", world.leader)
    problem = world.step(problem, "start", world.leader)
    problem = world.step(problem, "pass_up", world.leader)
    problem = world.step(problem, "answer", world.above)

    with pytest.raises(ValidationError) as refusal:
        later = problem.due_on + timedelta(days=9)
        world.step(problem, "start", world.leader, due_on=later)

    assert list(refusal.value.message_dict) == ["due_on"]


def test_it_becomes_a_matter_where_it_was_found_and_both_stay_linked(world):
    study = world.study()
    stop = world.finding(study).stop
    problem = world.problem(study)
    arguments = {
        "by": world.liaison,
        "now": world.now,
        "version": problem.version,
        "stop": stop,
        "subject": "更换水泵",
        "client_key": uuid.uuid4(),
    }

    matter = turn_into_matter(problem, **arguments)

    assert turn_into_matter(problem, **arguments) == matter
    problem.refresh_from_db()
    assert (problem.state, problem.matter) == ("under_way", matter)
    assert (matter.source, matter.state) == (Matter.Source.STUDY, "raised")
    assert (matter.decided_by, matter.place) == (world.cadre, stop.place)
    again = arguments | {"version": problem.version, "client_key": uuid.uuid4()}
    with pytest.raises(Refusal) as refusal:
        turn_into_matter(problem, **again)
    assert refusal.value.code == "has_matter"


def test_a_matter_is_raised_only_where_the_study_found_something(world):
    problem = world.problem()

    with pytest.raises(ValidationError) as refusal:
        turn_into_matter(
            problem,
            by=world.liaison,
            now=world.now,
            version=problem.version,
            stop=world.visit().stops.first(),
            subject="更换水泵",
            client_key=uuid.uuid4(),
        )

    assert list(refusal.value.message_dict) == ["stop"]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_its_history_is_written_once(world, change):
    rows = ProblemEvent.objects.filter(problem=world.problem())

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(record={}) if change == "update" else rows.delete()


def test_a_unit_below_is_found_by_its_name_if_there_is_one(world, js):
    from tests.factories import UnitFactory

    below = UnitFactory(name="铜山区水务局", place=js.tongshan)

    problem = world.under_way(lead_unit="铜山区水务局")

    assert problem.unit == below
    assert Problem.objects.get(pk=problem.pk).unit == below
