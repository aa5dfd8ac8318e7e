from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.visits import at
from visits.actions.refusals import Refusal
from visits.models import Letter, LetterEvent
from visits.rules.letter_states import Category, LetterState, Step

pytestmark = pytest.mark.django_db
S = LetterState


@pytest.fixture
def world(js):
    """A petition office, a handling unit and its superior, each with its people."""

    class World:
        office = petition_office(js.xuzhou)
        clerk = officer(office, Role.CLERK)
        petition = officer(office)
        above = UnitFactory(name="江苏省水利厅", place=js.js)
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
        handler = officer(water, Role.HANDLER)
        head = officer(water, Role.UNIT_HEAD)
        reviewer = officer(above, Role.REVIEW_OFFICER)
        place = js.huancheng

    return World


def forwarded(world, **fields):
    letter = letter_at(world.place, office=world.office, by=world.clerk, **fields)
    return take(letter, Step.FORWARD, world.petition, to_unit=world.water)


def test_a_request_goes_from_registration_to_the_answer(world):
    letter = forwarded(world)
    letter = take(letter, Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    letter = take(letter, Step.EXTEND, world.head, days=30)
    letter = take(letter, Step.ANSWER, world.head, received_on=timezone.localdate())

    assert letter.state == S.ANSWERED
    assert [e.to_state for e in letter.events.order_by("pk")] == [
        S.REGISTERED,
        S.FORWARDED,
        S.ACCEPTED,
        S.HANDLING,
        S.EXTENDED,
        S.ANSWERED,
    ]
    running = letter.clocks.running()
    assert [clock.clock for clock in running] == ["C9"]
    assert letter.due_on is None


def test_the_handling_clock_runs_from_acceptance_and_is_extended_once(world):
    start = at("2026-09-18 10:00")
    letter = letter_at(world.place, office=world.office, by=world.clerk, now=start)
    letter = take(letter, Step.FORWARD, world.petition, start, to_unit=world.water)
    letter = take(letter, Step.ACCEPT, world.handler, start, accepted_on=start.date())
    assert str(letter.due_on) == "2026-11-17"

    letter = take(letter, Step.INQUIRE, world.handler, start)
    with pytest.raises(ValidationError) as refusal:
        take(letter, Step.EXTEND, world.head, start, days=31, told_on=start.date())
    assert refusal.value.error_dict["days"][0].code == "too_long"
    letter = take(letter, Step.EXTEND, world.head, start, days=30, told_on=start.date())

    assert str(letter.due_legal_on) == "2026-12-17"


def test_an_agreed_objection_keeps_the_first_start_of_the_route_clock(world):
    letter = forwarded(world)
    started = letter.clocks.get(clock="C1").started_on

    letter = take(letter, Step.OBJECT, world.handler)
    letter = take(letter, Step.AGREE, world.petition)

    clock = letter.clocks.get(clock="C1")
    assert (letter.state, letter.unit) == (S.REGISTERED, None)
    assert (clock.started_on, clock.stopped_on) == (started, None)
    assert not letter.clocks.running().filter(clock="C4").exists()


def test_a_refused_objection_goes_back_to_where_it_came_from(world):
    letter = letter_at(world.place, office=world.office, by=world.clerk)
    letter = take(letter, Step.ASSIGN, world.petition, to_unit=world.water)
    letter = take(letter, Step.OBJECT, world.handler)

    letter = take(letter, Step.REFUSE, world.petition)

    assert letter.state == S.ASSIGNED
    assert letter.clocks.running().filter(clock="C6").exists()


def test_a_step_of_another_is_refused(world):
    letter = forwarded(world)

    with pytest.raises(Refusal) as refusal:
        take(letter, Step.ACCEPT, world.petition)

    assert refusal.value.code == "not_yours"
    letter.refresh_from_db()
    assert letter.state == S.FORWARDED


def test_a_stale_step_is_refused_and_says_who_acted(world):
    letter = forwarded(world)
    old = letter.version
    take(letter, Step.ACCEPT, world.handler)
    letter = Letter.objects.get(pk=letter.pk)

    from visits.actions.move_letter import move_letter

    with pytest.raises(Refusal) as refusal:
        move_letter(
            letter,
            by=world.head,
            step=Step.OBJECT,
            record={"reasons": "x"},
            version=old,
            now=timezone.localtime(),
        )

    assert refusal.value.code == "stale"
    assert world.handler.name in refusal.value.messages[0]


def test_who_handled_a_letter_never_reviews_it(world):
    letter = forwarded(world)
    letter = take(letter, Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    letter = take(letter, Step.ANSWER, world.head, received_on=timezone.localdate())
    letter = take(
        letter,
        Step.ASK_REVIEW,
        world.petition,
        to_unit=world.above,
        requested_on=timezone.localdate(),
    )
    moved = world.handler
    moved.grants.all().delete()
    moved = officer_again(moved, world.above)

    assert letter not in Letter.objects.visible_to(moved)
    with pytest.raises(Refusal):
        take(letter, Step.REVIEW, moved)
    assert take(letter, Step.REVIEW, world.reviewer).state == S.REVIEW_ANSWERED


def officer_again(account, unit):
    from cadres.models import Account
    from tests.factories import RoleGrantFactory

    RoleGrantFactory(account=account, role=Role.REVIEW_OFFICER, unit=unit)
    return Account.objects.get(pk=account.pk)


def test_a_letter_never_goes_to_whom_it_names(world):
    letter = letter_at(
        world.place, office=world.office, by=world.clerk, complains_about_someone=False
    )
    letter.named.create(unit=world.above, added_by=world.clerk)

    with pytest.raises(ValidationError) as refusal:
        take(letter, Step.FORWARD, world.petition, to_unit=world.water)

    assert refusal.value.error_dict["to_unit"][0].code == "named"


def test_closing_waits_for_the_window_of_the_petitioner(world):
    start = at("2026-03-02 10:00")
    letter = letter_at(world.place, office=world.office, by=world.clerk, now=start)
    day = start.date()
    letter = take(letter, Step.FORWARD, world.petition, start, to_unit=world.water)
    letter = take(letter, Step.ACCEPT, world.handler, start, accepted_on=day)
    letter = take(letter, Step.INQUIRE, world.handler, start)
    letter = take(letter, Step.ANSWER, world.head, start)

    for when, received in ((start, None), (start + timedelta(days=20), day)):
        if received:
            take(
                letter,
                Step.DELIVER,
                world.head,
                start,
                received_on=day,
                delivered_how="hand",
            )
        with pytest.raises(Refusal) as refusal:
            take(letter, Step.CLOSE, world.head, when)
        assert refusal.value.code == "window_open"
    letter = take(letter, Step.CLOSE, world.head, start + timedelta(days=31))

    assert letter.state == S.CLOSED


def test_a_suggestion_is_answered_without_a_window(world):
    letter = forwarded(world, category=Category.SUGGESTION)
    letter = take(letter, Step.ACCEPT, world.handler, route="study")
    letter = take(letter, Step.INQUIRE, world.handler)

    letter = take(letter, Step.REPLY, world.head)

    assert letter.state == S.ANSWERED
    assert not letter.clocks.running().exists()
    assert take(letter, Step.CLOSE, world.head).state == S.CLOSED


def test_an_unknown_record_is_refused_beside_its_field(world):
    letter = forwarded(world)

    with pytest.raises(ValidationError) as refusal:
        take(letter, Step.ACCEPT, world.handler, delivered_how="pigeon")

    assert refusal.value.error_dict["delivered_how"][0].code == "invalid_choice"


def test_history_cannot_be_rewritten(world):
    from django.db import DatabaseError, transaction

    letter = forwarded(world)
    for change in (
        lambda: letter.events.update(on="2020-01-01"),
        lambda: LetterEvent.objects.filter(letter=letter).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
