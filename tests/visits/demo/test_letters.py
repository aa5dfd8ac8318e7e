"""The demo's letters: what is there, and that it is what the actions would write."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db.models import Sum
from django.utils import timezone

from cadres.models import Account
from tests.visits.demo.conftest import NOW
from visits.actions.count_clocks import count_clocks
from visits.actions.move_letter import move_letter
from visits.actions.register_letter import register_letter
from visits.demo.letter_story import CODES
from visits.demo.story import DAY_MATTERS, DAY_PEOPLE, RECEPTION_DAY
from visits.models import (
    Access,
    Attachment,
    LeaderHold,
    Letter,
    LetterDraft,
    LetterEvent,
    LetterLink,
    Petitioner,
    Question,
    Rating,
    Reception,
    Recusal,
    SealTransfer,
    file_store,
)
from visits.models.receipt import is_code
from visits.rules.file_kinds import DOCX, kind_of
from visits.rules.letter_records import FIELDS
from visits.rules.letter_states import Category, LetterState, Step, steps_from

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
TODAY = NOW.date()


def person(name):
    return Account.objects.get(username=name)


def in_hands_of(name):
    return Letter.objects.visible_to(person(name))


@pytest.fixture
def letters():
    return list(
        Letter.objects.select_related("office", "unit", "place").prefetch_related(
            "events", "clocks", "petitioners"
        )
    )


def test_they_are_in_all_states_categories_and_channels(letters):
    states = Counter(letter.state for letter in letters)

    assert 1450 <= len(letters) <= 1700
    assert all(states[state] >= 6 for state in LetterState.values)
    assert {it.category for it in letters} == {"", *Category.values}
    assert {it.channel for it in letters} == set(Letter.Channel.values)
    assert len({it.subject_id for it in letters}) >= 15
    assert min(it.received_on for it in letters) < TODAY - timedelta(days=200)
    assert len({it.office_id for it in letters}) >= 11
    assert any(it.village_id for it in letters)


def test_texts_vary_and_are_whole(letters):
    plain = [it for it in letters if not it.is_sealed]

    assert len({it.request for it in plain}) > 300
    assert len({it.facts for it in plain}) > 700
    assert not any("{" in it.search_text for it in plain)
    records = LetterEvent.objects.values_list("record", flat=True)
    assert not any("{" in str(text) for it in records for text in it.values())


def test_few_are_late_and_some_are_near_their_limit():
    late = Letter.objects.open().filter(due_on__lt=TODAY)
    near = Letter.objects.open().filter(due_on__range=(TODAY, TODAY + timedelta(3)))

    assert 3 <= late.count() <= 8
    assert near.count() >= 14


def test_every_step_is_in_the_table_and_days_go_forward(letters):
    for letter in letters:
        events = sorted(letter.events.all(), key=lambda it: it.pk)
        assert events[0].step == Step.RECEIVE
        assert [it.at for it in events] == sorted(it.at for it in events)
        assert events[-1].at <= NOW
        assert events[-1].to_state == letter.state
        assert letter.version == len(events)
        for before, event in pairwise(events):
            assert event.from_state == before.to_state
            found = {it.step for it in steps_from(event.from_state, letter.category)}
            assert event.step in found, (letter.reference, event.step)


def columns(letter):
    clocks = letter.clocks.order_by("pk").values_list(
        "clock", "started_on", "legal_on", "safe_on", "is_provisional", "stopped_on"
    )
    return (
        letter.due_on,
        letter.due_legal_on,
        letter.due_clock,
        letter.due_is_provisional,
        list(clocks),
    )


def test_clocks_are_what_counting_anew_gives(letters):
    sample = letters[::12]
    for letter in sample:
        before = columns(letter)
        count_clocks(letter)
        assert columns(letter) == before, letter.reference

    assert len(sample) > 100


@pytest.mark.parametrize(
    "state", [it for it in LetterState.values if it != LetterState.SEALED]
)
def test_the_actions_lead_to_the_same_letter(state):
    told = Letter.objects.unsealed().filter(state=state).order_by("pk").last()
    events = list(told.events.order_by("pk"))
    again = register_letter(
        by=told.registered_by,
        now=told.registered_at,
        office=told.office,
        place=told.place,
        received_on=told.received_on,
        channel=told.channel,
        client_key=told.seal_id,
        request=told.request,
        facts=told.facts,
        category="" if events[1:] and has(events, Step.SORT) else told.category,
        is_urgent=told.is_urgent,
        urgent_reason=told.urgent_reason,
    ).letter
    for event in events[1:]:
        again = move_letter(
            again,
            by=event.by,
            step=event.step,
            record=record_of(event, told),
            version=again.version,
            now=event.at,
            drafted_by=event.drafted_by,
        )

    names = (
        "state",
        "category",
        "unit",
        "review_unit",
        "handler",
        "accepted_on",
        "outcome",
        "ended_on",
        "retention",
        "search_text",
        "version",
    )
    assert {it: getattr(again, it) for it in names} == {
        it: getattr(told, it) for it in names
    }
    assert columns(again) == columns(told)
    assert [step_of(it) for it in again.events.order_by("pk")] == [
        step_of(it) for it in events
    ]


def has(events, step):
    return any(it.step == step for it in events)


def step_of(event):
    return (
        event.step,
        event.from_state,
        event.to_state,
        event.on,
        event.acted_as,
        event.unit_id,
        event.to_unit_id,
        event.record,
    )


def record_of(event, letter):
    record = {
        name: date.fromisoformat(value) if FIELDS[name].kind == "date" else value
        for name, value in event.record.items()
    }
    if event.step == Step.NAME_HANDLER:
        record["handler"] = letter.handler or letter.events.get(step=Step.ACCEPT).by
    return record | ({"to_unit": event.to_unit} if event.to_unit else {})


def test_sixty_people_came_on_the_reception_day_of_last_week():
    reception = Reception.objects.get(stop__visit__purpose=RECEPTION_DAY)
    brought = reception.stop.letters.all()
    monday = TODAY - timedelta(days=TODAY.weekday())

    assert brought.count() == DAY_MATTERS == reception.matters
    assert brought.aggregate(n=Sum("people"))["n"] == DAY_PEOPLE
    assert reception.person_visits == DAY_PEOPLE
    day = timezone.localdate(reception.stop.starts_at)
    assert monday - timedelta(days=7) <= day < monday
    assert set(brought.values_list("received_on", flat=True)) == {day}
    group = brought.get(people=12)
    assert group.petitioners.count() == 5


def test_other_letters_were_handed_over_on_visits():
    # A question at a talk may become a letter some days later.
    asked = Question.objects.filter(letter__isnull=False).values("letter")
    others = (
        Letter.objects.filter(stop__isnull=False)
        .exclude(stop__visit__purpose=RECEPTION_DAY)
        .exclude(pk__in=asked)
    )

    assert others.count() >= 40
    assert not others.filter(stop__visit__mode="unannounced").exists()
    for letter in others.select_related("stop"):
        assert letter.received_on == timezone.localdate(letter.stop.starts_at)


def test_each_account_finds_its_share():
    assert in_hands_of("petition").filter(state=LetterState.REGISTERED).count() >= 15
    assert in_hands_of("petition").filter(state=LetterState.OBJECTION).exists()
    assert in_hands_of("clerk").count() >= 10
    assert in_hands_of("handler").filter(handler=person("handler")).count() >= 20
    assert in_hands_of("review").count() >= 5
    assert in_hands_of("leader").count() >= 6
    waiting = LetterDraft.objects.filter(
        letter__in=in_hands_of("head"), state=LetterDraft.State.PENDING
    )
    assert waiting.count() >= 5
    assert {"answer", "extend"} <= set(waiting.values_list("step", flat=True))


def test_sealed_letters_are_seen_by_seal_officers_alone():
    sealed = Letter.objects.filter(is_sealed=True)
    waiting = SealTransfer.objects.filter(
        confirmed_at__isnull=True, refused_at__isnull=True
    )

    assert sealed.count() == 25
    assert sealed.filter(state=LetterState.SEALED).count() >= 14
    assert in_hands_of("seal").filter(is_sealed=True).count() >= 16
    for name in ("petition", "clerk", "handler", "head", "leader", "review"):
        assert not in_hands_of(name).filter(is_sealed=True).exists()
    assert waiting.exclude(asked_by=person("seal")).count() >= 2


def test_what_stands_beside_them_is_there():
    for model, least in (
        (LeaderHold, 10),
        (LetterLink, 10),
        (Rating, 150),
        (Access, 80),
        (Recusal, 5),
    ):
        assert model.objects.count() >= least
    assert Recusal.objects.filter(state=Recusal.State.DECLARED).exists()
    assert LeaderHold.objects.filter(ended_on__isnull=False).exists()
    for hold in LeaderHold.objects.select_related("letter"):
        hold.full_clean()
        assert hold.started_on >= hold.letter.received_on
    for link in LetterLink.objects.select_related("letter", "other"):
        assert link.other.received_on <= link.letter.received_on


def test_petitioners_are_sealed_and_nobody_could_be_called():
    assert Petitioner.objects.count() > 1300
    assert Letter.objects.filter(petitioners__isnull=True).exists()
    for row in Petitioner.objects.all()[:200]:
        identity = row.read()
        assert identity["name"]
        assert identity["contact"][:3] in ("", "100")
        assert identity["name"].encode() not in bytes(row.identity)


def test_some_can_be_looked_up_with_the_codes_of_the_demo():
    for reference, (code, state) in CODES.items():
        letter = Letter.objects.get(reference=reference)
        assert letter.state == state
        assert is_code(reference, code, letter.code_hash)


def test_a_few_have_files_and_one_waits_for_its_scan():
    files = Attachment.objects.all()

    assert Counter(files.values_list("content_type", flat=True)) == {
        "image/jpeg": 6,
        "application/pdf": 6,
        DOCX.content_type: 3,
    }
    assert files.filter(state=Attachment.State.PENDING).count() == 1
    for file in files:
        assert kind_of(file_store.take(file.key)).content_type == file.content_type
        assert file.letter in in_hands_of("petition")
