import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from tests.factories import QuestionFactory, TalkFactory
from tests.factories.matters import MatterWorld
from visits.actions.log_visit import log_visit
from visits.actions.move_question import move_question
from visits.actions.record_question import record_question
from visits.actions.refusals import Refusal
from visits.actions.register_letter import Identity
from visits.actions.turn_question import turn_into_letter, turn_into_matter
from visits.models import Letter, Matter, Petitioner, Question, Talk
from visits.rules.log import MatterEntry, StopLog, TalkEntry
from visits.rules.question_states import MOVES, OPEN, QuestionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(js):
    return MatterWorld(js)


@pytest.fixture
def talk(world):
    return TalkFactory(stop=world.visit().stops.first())


def ask(world, talk, **more):
    given = {"text": "水费何时调整？", "client_key": uuid.uuid4()}
    return record_question(talk, by=world.liaison, now=world.now, **(given | more))


def move(world, question, step, by=None, **record):
    question.refresh_from_db()
    return move_question(
        question,
        by=by or world.liaison,
        step=step,
        record=record,
        version=question.version,
        now=world.now,
    )


def test_a_question_without_answer_or_promise_stays_open(world, talk):
    question = ask(world, talk)

    assert (question.state, question.is_open) == (QuestionState.ASKED, True)


def test_a_question_is_answered_at_once_by_the_speaker(world, talk):
    talk.speaker = "宣讲员"
    talk.save()

    question = ask(world, talk, answer="下月。")

    asked_on = talk.stop.starts_at.astimezone(world.now.tzinfo).date()
    assert question.state == QuestionState.ANSWERED
    assert (question.answered_by, question.answered_on) == ("宣讲员", asked_on)


def test_a_promise_has_a_unit_and_a_date(world, talk):
    due_on = world.today + timedelta(days=10)

    question = ask(world, talk, unit_name="水务局", due_on=due_on)

    assert question.state == QuestionState.PROMISED
    assert (question.unit, question.due_on) == (world.water, due_on)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit_name": "水务局"}, "due_on"),
        ({"days": 10}, "unit_name"),
        ({"unit_name": "水务局", "days": -90}, "due_on"),
        ({"answer": "下月。", "unit_name": "水务局", "days": 10}, "answer"),
    ],
)
def test_half_a_promise_is_refused(world, talk, given, field):
    if days := given.pop("days", None):
        given["due_on"] = world.today + timedelta(days=days)

    with pytest.raises(ValidationError) as refusal:
        ask(world, talk, **given)

    assert list(refusal.value.error_dict) == [field]
    assert not Question.objects.exists()


def test_a_question_sent_twice_is_one(world, talk):
    key = uuid.uuid4()

    assert ask(world, talk, client_key=key) == ask(world, talk, client_key=key)


def test_nothing_is_asked_at_a_visit_that_is_not_logged(world):
    talk = TalkFactory(stop=world.visit(held=False, state="planned").stops.first())

    with pytest.raises(Refusal) as refusal:
        ask(world, talk)

    assert refusal.value.code == "not_held"


def test_a_promise_is_answered_later_and_says_by_whom_and_when(world, talk):
    due_on = world.today + timedelta(days=10)
    question = ask(world, talk, unit_name="水务局", due_on=due_on)
    answer = {
        "answer": "已公布。",
        "answered_by": "水务局",
        "answered_on": world.today,
    }

    question = move(world, question, "answer", by=world.handler, **answer)

    event = question.events.latest("pk")
    assert question.state == QuestionState.ANSWERED
    assert (event.by, event.record["answer"]) == (world.handler, "已公布。")


def test_an_earlier_answer_and_an_earlier_date_stay_in_the_history(world, talk):
    first, later = world.today + timedelta(days=5), world.today + timedelta(days=9)
    question = ask(world, talk, unit_name="水务局", due_on=first)
    question = move(world, question, "put_off", due_on=later, reason="待核")
    said = {"answered_by": "水务局", "answered_on": world.today}
    move(world, question, "answer", answer="下月。", **said)
    question = move(world, question, "correct", answer="下周。", reason="误", **said)

    records = [event.record for event in question.events.order_by("pk")]
    assert (question.first_due_on, question.due_on) == (first, later)
    assert records[1]["before_due_on"] == first.isoformat()
    assert records[3]["before_answer"] == "下月。"


def test_a_history_is_never_rewritten(world, talk):
    event = ask(world, talk).events.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        type(event).objects.filter(pk=event.pk).update(record={})


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"answer": "", "answered_by": "水务局"}, "answer"),
        ({"answer": "下月。", "answered_by": "水务局", "days": 1}, "answered_on"),
        ({"answer": "下月。", "answered_by": "水务局", "days": -90}, "answered_on"),
    ],
)
def test_an_answer_is_whole_and_of_a_day_that_can_be(world, talk, record, field):
    record["answered_on"] = world.today + timedelta(days=record.pop("days", 0))

    with pytest.raises(ValidationError) as refusal:
        move(world, ask(world, talk), "answer", **record)

    assert list(refusal.value.error_dict) == [field]


def test_a_stale_form_and_a_step_out_of_turn_are_refused(world, talk):
    question = ask(world, talk)
    move(world, question, "withdraw", reason="重复")

    with pytest.raises(Refusal) as stale:
        move_question(
            question,
            by=world.liaison,
            step="withdraw",
            record={"reason": "重复"},
            version=1,
            now=world.now,
        )
    with pytest.raises(Refusal) as gone:
        move(world, question, "withdraw", reason="重复")

    assert (stale.value.code, gone.value.code) == ("stale", "move_not_allowed")


def test_every_open_question_can_be_closed():
    ends = {state: {it.to for it in MOVES if state in it.comes_from} for state in OPEN}

    assert all(QuestionState.ANSWERED in onward for onward in ends.values())


def turn(world, question, key=None, **more):
    return turn_into_letter(
        question,
        by=world.liaison,
        now=world.now,
        version=question.version,
        office=world.petition_office,
        request=question.text,
        client_key=key or uuid.uuid4(),
        **more,
    )


def test_a_question_becomes_a_letter_without_a_name(world, talk):
    question = ask(world, talk)

    letter = turn(world, question).letter

    question.refresh_from_db()
    assert (question.state, question.letter) == (QuestionState.LETTER, letter)
    assert (letter.stop, letter.place) == (talk.stop, talk.stop.place)
    assert not Petitioner.objects.exists()


def test_who_wants_an_answer_is_named_with_the_letter_alone(world, talk):
    question = ask(world, talk)
    who = Identity(name="王测试", contact="13800000000")

    letter = turn(world, question, petitioner=who).letter

    row = letter.petitioners.get()
    history = str([event.record for event in question.events.all()])
    assert row.read()["name"] == "王测试"
    assert "王测试" not in history


def test_one_click_twice_makes_one_letter_and_one_matter(world, talk):
    question, other = ask(world, talk), ask(world, talk)
    key = uuid.uuid4()
    asked = {
        "by": world.liaison,
        "now": world.now,
        "version": 1,
        "subject": "修渠",
        "decided_by": world.cadre,
        "client_key": key,
    }

    letters = {turn(world, question, key).letter for _n in range(2)}
    matters = {turn_into_matter(other, **asked) for _n in range(2)}

    assert letters == set(Letter.objects.all())
    assert matters == set(Matter.objects.all())
    other.refresh_from_db()
    assert [other.matter] == list(matters)
    assert (other.matter.source, other.matter.state) == ("question", "raised")


def test_a_question_whose_letter_is_sealed_goes_out_of_sight(world, talk):
    question = ask(world, talk)
    letter = turn(world, question).letter

    seen = Question.objects.visible_to(world.liaison)
    assert list(seen) == [question]
    Letter.objects.filter(pk=letter.pk).update(
        is_sealed=True, request="", facts="", search_text="", sealed_text=b"x"
    )
    assert list(seen.all()) == []


def test_a_unit_sees_what_it_promised_once_the_visit_is_revealed(world, talk):
    other = TalkFactory(
        stop=world.visit(
            mode="unannounced", hidden_until=world.now + timedelta(days=2)
        ).stops.first()
    )
    due_on = world.today + timedelta(days=10)
    promise = {"unit_name": "水务局", "due_on": due_on}
    seen = ask(world, talk, **promise)
    ask(world, other, **promise)

    assert list(Question.objects.visible_to(world.handler)) == [seen]
    assert Question.objects.visible_to(world.liaison).count() == 2
    assert list(Question.objects.visible_to(world.far)) == []


def relog(world, talk, talks, matters=()):
    visit = talk.stop.visit
    visit.refresh_from_db()
    stops = [
        StopLog(it.place, it.starts_at, it.ends_at, it.activities, it.venue, pk=it.pk)
        for it in visit.stops.order_by("position")
    ]
    return log_visit(
        visit,
        by=world.liaison,
        now=world.now,
        version=visit.version,
        stops=stops,
        talks=talks,
        matters=matters,
    )


def test_a_talk_keeps_all_that_is_said_of_it(world, talk):
    relog(
        world,
        talk,
        [
            TalkEntry(
                0, "水价", 30, pk=talk.pk, minutes=40, is_online=True, speaker="甲"
            )
        ],
    )
    relog(world, talk, [TalkEntry(0, "水价", 30, pk=talk.pk, speaker="乙")])

    talk.refresh_from_db()
    change = talk.stop.visit.events.latest("pk").changes["talks"]
    assert (talk.speaker, talk.minutes, talk.is_online) == ("乙", None, False)
    assert "甲" in change[0][0] and "40" in change[0][0]


def test_a_talk_with_questions_stays_in_the_log(world, talk):
    QuestionFactory(talk=talk)

    with pytest.raises(Refusal) as refusal:
        relog(world, talk, [])

    assert refusal.value.code == "has_questions"
    assert Talk.objects.filter(pk=talk.pk).exists()


def test_correcting_the_log_leaves_the_matter_of_a_question_alone(world, talk):
    question = ask(world, talk)
    matter = turn_into_matter(
        question,
        by=world.liaison,
        now=world.now,
        version=1,
        subject="修渠",
        decided_by=world.cadre,
        client_key=uuid.uuid4(),
    )

    relog(
        world,
        talk,
        [TalkEntry(0, "水价", 30, pk=talk.pk)],
        [MatterEntry(0, "路灯", "修好", settled=True)],
    )

    matter.refresh_from_db()
    assert matter.state == "raised"
