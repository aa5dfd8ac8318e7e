import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from tests.factories import CadreFactory
from tests.factories.studies import StudyWorld
from visits.actions.choose_place import choose_place, drop_place
from visits.actions.open_investigation import change_investigation
from visits.actions.refusals import Refusal
from visits.actions.use_finding import plan_use, record_use
from visits.models import Investigation, InvestigationEvent, StudyArea

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world(js):
    return StudyWorld(js)


def steps(study):
    return list(study.events.order_by("pk").values_list("step", flat=True))


def test_it_opens_with_its_history_and_only_once(world):
    key = uuid.uuid4()

    study = world.study(client_key=key, methods=["stay", "interview"], kind="case")

    assert world.study(client_key=key) == study
    assert steps(study) == ["begin"]
    assert study.unit == world.office
    assert study.events.get().on_behalf_of == world.cadre


def test_a_leader_has_a_topic_once(world):
    world.study(topic="农村供水")

    with pytest.raises(ValidationError) as refusal:
        world.study(topic="农村供水")

    assert refusal.value.messages == ["This leader has this topic already."]


def test_what_stood_there_before_a_change_stays(world):
    study = world.study(topic="供水", area=StudyArea.objects.first(), talked_firms=3)

    change_investigation(
        study,
        by=world.leader,
        now=world.now,
        version=study.version,
        topic="供水保障",
        area=None,
        talked_firms=5,
    )

    record = study.events.order_by("pk").last().record
    assert record["topic"] == "供水保障"
    assert record["before_topic"] == "供水"
    assert record["before_talked_firms"] == 3
    assert record["area"] == ""
    assert record["before_area"] == str(StudyArea.objects.first())
    assert "opened_on" not in record


def test_a_stale_change_is_refused(world):
    study = world.study()
    known = {"by": world.leader, "now": world.now, "version": study.version}
    world.problem(study)
    change_investigation(study, **known, topic="新题")

    with pytest.raises(Refusal) as refusal:
        change_investigation(study, **known, topic="又一题")

    assert refusal.value.code == "stale"


def test_it_is_not_finished_while_a_problem_waits_and_says_which(world):
    study = world.study()
    world.under_way(study, text="未签协议")
    world.passed_up(study)
    world.settled(study)

    with pytest.raises(Refusal) as refusal:
        world.move(study, "finish")

    assert refusal.value.code == "unsettled"
    assert "未签协议；管护责任没有分清" in refusal.value.messages[0]
    study.refresh_from_db()
    assert (study.state, study.unsettled) == ("open", 2)


def test_it_is_finished_when_all_are_settled_handed_over_or_answered(world):
    study = world.study()
    world.settled(study)
    world.step(world.problem(study), "hand_over", world.leader)
    world.step(world.passed_up(study), "answer", world.above)

    study = world.move(study, "finish", follow_up="冬季回访")

    assert (study.state, study.ended_on) == ("finished", world.today)
    with pytest.raises(Refusal) as refusal:
        world.problem(study)
    assert refusal.value.code == "ended"


def test_it_needs_words_to_end(world):
    with pytest.raises(ValidationError) as refusal:
        world.move(world.study(), "finish", report=" ")

    assert list(refusal.value.message_dict) == ["report"]


def test_what_is_not_settled_is_handed_over_with_it(world):
    study = world.study()
    waiting = [world.problem(study), world.passed_up(study)]
    settled = world.settled(study)

    study = world.move(study, "hand_over")

    for problem in waiting:
        problem.refresh_from_db()
        assert (problem.state, problem.handed_to) == ("handed_over", "市水务局")
        assert problem.events.order_by("pk").last().step == "hand_over"
    settled.refresh_from_db()
    assert settled.state == "settled"
    assert study.events.order_by("pk").last().record["problems"] == 2


def test_it_can_be_opened_again(world):
    study = world.move(world.study(), "finish")

    study = world.move(study, "reopen")

    assert (study.state, study.ended_on) == ("open", None)
    assert steps(study)[-2:] == ["finish", "reopen"]


def test_the_database_refuses_an_end_with_a_problem_that_waits(world):
    study = world.study()
    world.problem(study)

    with pytest.raises(IntegrityError, match="nothing_unsettled"), transaction.atomic():
        Investigation.objects.filter(pk=study.pk).update(
            state="finished", ended_on=world.today, report="完"
        )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_its_history_is_written_once(world, change):
    rows = InvestigationEvent.objects.filter(investigation=world.study())

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(record={}) if change == "update" else rows.delete()


def test_a_place_is_chosen_once_with_a_reason_and_taken_out_with_a_trace(world, js):
    study = world.study()
    arguments = {"by": world.liaison, "now": world.now, "place": js.tangzhang}

    row = choose_place(study, reason="多次反映水压", **arguments)

    assert (row.county, row.is_warned) == (js.tongshan, False)
    with pytest.raises(ValidationError):
        choose_place(study, reason="再选", **arguments)
    drop_place(row, by=world.liaison, now=world.now)
    assert not study.places.exists()
    assert steps(study) == ["begin", "choose_place", "drop_place"]
    assert study.events.order_by("pk").last().record["reason"] == "多次反映水压"


def test_a_well_visited_place_needs_a_second_reason(world, js):
    for _n in range(4):
        world.visit(places=[js.tangzhang])
    study = world.study()
    arguments = {"by": world.liaison, "now": world.now, "place": js.tangzhang}

    with pytest.raises(ValidationError) as refusal:
        choose_place(study, reason="典型", **arguments)
    row = choose_place(study, reason="典型", despite="跟踪同一批农户", **arguments)

    assert list(refusal.value.message_dict) == ["despite"]
    assert (row.is_warned, row.despite) == (True, "跟踪同一批农户")


def test_a_finding_is_planned_and_then_put_to_use(world):
    study = world.study()
    arguments = {
        "by": world.liaison,
        "now": world.now,
        "client_key": uuid.uuid4(),
        "finding": "管护责任不清",
        "where": "市农村供水管护办法",
    }

    use = plan_use(study, **arguments)

    assert plan_use(study, **arguments) == use
    assert use.used_on is None
    world.move(study, "finish")
    record_use(
        use, by=world.liaison, now=world.now, used_on=world.today, effect="漏损率下降"
    )
    use.refresh_from_db()
    assert (use.used_on, use.effect) == (world.today, "漏损率下降")
    assert steps(study)[-2:] == ["finish", "record_use"]


@pytest.mark.parametrize("days", [1, -100])
def test_a_finding_is_not_used_ahead_of_time_or_before_the_topic(world, days):
    with pytest.raises(ValidationError) as refusal:
        plan_use(
            world.study(),
            by=world.liaison,
            now=world.now,
            client_key=uuid.uuid4(),
            finding="管护",
            where="办法",
            used_on=world.today + timedelta(days=days),
        )

    assert list(refusal.value.message_dict) == ["used_on"]


def test_the_same_topic_of_another_leader_is_another(world):
    one = world.study(topic="供水")
    other = world.study(topic="供水", leader=CadreFactory(unit=world.water))

    assert one != other
