"""Reception sessions: planned, published, booked, moved, replaced, held, forgotten."""

import threading
import uuid
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory
from tests.factories.letters import officer, petition_office
from tests.factories.sessions import book, planned_session, published_session
from visits.actions.book_session import drop_booking
from visits.actions.cancel_session import cancel_session
from visits.actions.clear_bookings import clear_bookings
from visits.actions.hold_session import hold_session
from visits.actions.move_session import move_session
from visits.actions.open_booking import open_booking
from visits.actions.publish_session import publish_session
from visits.actions.record_result import record_result
from visits.actions.replace_leader import replace_leader
from visits.models import Access, ReceptionSession, SessionBooking

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 3, 2, 10))  # a Monday


class SessionWorld:
    def __init__(self, js):
        self.js = js
        self.office = petition_office(js.xuzhou)
        self.petition = officer(self.office)
        self.clerk = officer(self.office, Role.CLERK)
        unit = UnitFactory(name="徐州市政府", place=js.xuzhou)
        self.cadre = CadreFactory(name="辛志强", unit=unit, remit="水务")
        self.other = CadreFactory(name="许文涛", unit=unit)
        self.liaison = AccountFactory(
            unit=unit, role=Role.LIAISON, role__unit=unit, acts_for=[self.cadre]
        )

    def planned(self, **fields):
        fields = {"now": NOW} | fields
        return planned_session(self.office, [self.cadre], self.petition, **fields)

    def published(self, **fields):
        fields = {"now": NOW} | fields
        return published_session(self.office, [self.cadre], self.petition, **fields)

    def result(self, session, **fields):
        arguments = {
            "subject": "低保",
            "outcome": "settled",
            "minute": "当场答复。",
            "client_key": uuid.uuid4(),
            "now": session.ends_at,
        } | fields
        return record_result(session, by=self.petition, **arguments)


@pytest.fixture
def world(js):
    return SessionWorld(js)


def steps(session):
    return [event.step for event in session.events.order_by("pk")]


def code_of(refusal):
    error = refusal.value
    return getattr(error, "code", None) or {
        name: errors[0].code for name, errors in error.error_dict.items()
    }


def test_a_session_is_planned_with_the_remit_of_its_leader(world):
    session = world.planned()

    (leader,) = session.leaders.all()
    assert (leader.post, leader.remit) == ("徐州市政府", "水务")
    assert session.on == date(2026, 3, 9)
    assert steps(session) == ["plan"]


def test_a_form_sent_twice_plans_one_session(world):
    key = uuid.uuid4()

    assert world.planned(client_key=key) == world.planned(client_key=key)


def test_a_fixed_day_moves_off_a_rest_day_and_says_so(world):
    session = world.planned(days=5, form="fixed")  # a Saturday

    assert (session.on, session.moved_from) == (date(2026, 3, 9), date(2026, 3, 7))
    assert session.moved_because


def test_other_forms_may_be_held_on_a_rest_day(world):
    assert world.planned(days=5).on == date(2026, 3, 7)


def test_a_session_in_the_past_is_refused(world):
    with pytest.raises(ValidationError) as refusal:
        world.planned(days=-1)

    assert code_of(refusal) == {"day": "past"}


@pytest.mark.parametrize(("days", "is_late"), [(1, True), (2, False)])
def test_late_notice_needs_a_reason(world, days, is_late):
    session = world.planned(days=days)

    if is_late:
        with pytest.raises(ValidationError) as refusal:
            publish_session(session, by=world.petition, now=NOW)
        assert code_of(refusal) == {"late_reason": "late"}
    session = publish_session(session, by=world.petition, now=NOW, late_reason="急事")

    assert session.late_reason == ("急事" if is_late else "")
    assert steps(session) == ["plan", "publish"]


def test_a_moved_session_keeps_the_day_first_named(world):
    session = world.published()
    to = {
        "starts_at": session.starts_at + timedelta(days=2),
        "ends_at": session.ends_at + timedelta(days=2),
    }

    moved = move_session(session, by=world.petition, now=NOW, reason="会场占用", **to)

    assert (moved.on, moved.moved_from) == (date(2026, 3, 11), date(2026, 3, 9))
    assert moved.moved_because == "会场占用"


def test_a_replaced_leader_stays_on_record(world):
    session = world.published()

    replace_leader(
        session,
        by=world.petition,
        now=NOW,
        leader=world.cadre,
        successor=world.other,
        reason="出差",
    )

    first, second = session.leaders.order_by("pk")
    assert (first.left_because, second.replaces) == ("出差", first)


def test_only_who_is_named_is_replaced(world):
    with pytest.raises(ValidationError) as refusal:
        replace_leader(
            world.published(),
            by=world.petition,
            now=NOW,
            leader=world.other,
            successor=world.cadre,
            reason="出差",
        )

    assert code_of(refusal) == {"leader": "not_named"}


def test_a_cancelled_session_needs_a_reason_and_stays(world):
    session = world.published()
    with pytest.raises(ValidationError):
        cancel_session(session, by=world.petition, now=NOW, reason=" ")

    session = cancel_session(session, by=world.petition, now=NOW, reason="防汛")

    assert session.state == "cancelled"
    with pytest.raises(ValidationError) as refusal:
        book(session, world.clerk, now=NOW)
    assert code_of(refusal) == "move_not_allowed"


def test_places_are_booked_until_five_the_day_before(world):
    session = world.published()
    last = timezone.make_aware(datetime.combine(date(2026, 3, 8), time(16, 59)))

    assert book(session, world.clerk, now=last).number == 1
    with pytest.raises(ValidationError) as refusal:
        book(session, world.clerk, now=last + timedelta(minutes=1))
    assert code_of(refusal) == "closed"


def test_a_full_list_is_refused_until_a_place_is_given_back(world):
    session = world.published(slots=1)
    booking = book(session, world.clerk, now=NOW, name="王测试", contact="13800002207")
    with pytest.raises(ValidationError) as refusal:
        book(session, world.clerk, now=NOW)
    assert code_of(refusal) == "full"

    drop_booking(booking, by=world.clerk, now=NOW)
    again = book(session, world.clerk, now=NOW)

    booking.refresh_from_db()
    assert (again.number, booking.identity) == (2, None)
    with pytest.raises(ValidationError):
        drop_booking(booking, by=world.clerk, now=NOW)


def test_a_booking_sent_twice_takes_one_place(world):
    session, key = world.published(), uuid.uuid4()

    first, second = (
        book(session, world.clerk, now=NOW, client_key=key) for _n in range(2)
    )

    session.refresh_from_db()
    assert (first, session.booked) == (second, 1)


def test_the_database_refuses_more_bookings_than_places(world):
    session = world.published(slots=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        ReceptionSession.objects.filter(pk=session.pk).update(booked=2)


def test_a_contact_is_opened_with_a_reason_on_record(world):
    booking = book(
        world.published(), world.clerk, now=NOW, name="王测试", contact="13800002207"
    )
    with pytest.raises(ValidationError) as refusal:
        open_booking(booking, by=world.clerk, reason=" ", now=NOW)
    assert code_of(refusal) == "no_reason"

    opened = open_booking(booking, by=world.clerk, reason="会期改了", now=NOW)

    assert opened == {"name": "王测试", "contact": "13800002207"}
    assert booking.masked["name"] == "王某"
    (look,) = Access.objects.all()
    assert look.kind == "booking"
    assert look.reason.endswith("会期改了")


def test_names_are_deleted_once_the_session_is_over(world):
    session = world.published()
    booking = book(session, world.clerk, now=NOW, name="王测试")

    assert clear_bookings(now=session.ends_at - timedelta(minutes=1)) == 0
    assert clear_bookings(now=session.ends_at) == 1

    booking.refresh_from_db()
    assert booking.identity is None
    with pytest.raises(ValidationError) as refusal:
        open_booking(booking, by=world.clerk, reason="查", now=session.ends_at)
    assert code_of(refusal) == "gone"


def test_results_are_entered_from_the_day_on(world):
    session = world.published()
    with pytest.raises(ValidationError) as refusal:
        world.result(session, now=NOW)
    assert code_of(refusal) == "early"

    assert world.result(session).number == 1
    assert world.result(session).number == 2


def test_what_is_assigned_has_a_unit_and_a_date(world):
    session = world.published()
    with pytest.raises(ValidationError) as refusal:
        world.result(session, outcome="assigned")
    assert code_of(refusal) == {"unit": "needed", "due_on": "needed"}

    water = UnitFactory(name="水务局", place=world.js.xuzhou)
    given = {"unit": water, "due_on": date(2026, 4, 1)}
    assigned = world.result(session, outcome="assigned", **given)
    guided = world.result(session, outcome="guided", **given)

    assert (assigned.unit, guided.unit, guided.due_on) == (water, None, None)


def test_totals_close_a_session(world):
    session = world.published()
    common = {"by": world.petition, "now": session.ends_at}
    with pytest.raises(ValidationError) as refusal:
        hold_session(session, groups=2, person_visits=1, **common)
    assert code_of(refusal) == {"person_visits": "too_few"}

    held = hold_session(session, groups=2, person_visits=5, **common)

    assert held.state == "held"
    assert world.result(held).number == 1  # a matter that was forgotten


def test_the_history_of_a_session_is_never_changed(world):
    event = world.planned().events.get()

    for change in (lambda: event.delete(), lambda: event.save()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_sees_and_changes_a_session(world, js):
    session = world.planned()
    far = officer(petition_office(js.nanjing))

    def names(rows):
        people = {
            "petition": world.petition,
            "clerk": world.clerk,
            "liaison": world.liaison,
            "far": far,
        }
        return {
            name
            for name, user in people.items()
            if rows(ReceptionSession.objects, user).filter(pk=session.pk).exists()
        }

    assert names(lambda it, user: it.visible_to(user)) == {
        "petition",
        "clerk",
        "liaison",
    }
    assert names(lambda it, user: it.changeable_by(user)) == {"petition", "liaison"}
    assert names(lambda it, user: it.bookable_by(user)) == {"petition", "clerk"}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_take_the_last_place(world):
    session = world.published(slots=1)
    told = []

    def take():
        try:
            told.append(book(session, world.clerk, now=NOW).number)
        except ValidationError as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    desks = [threading.Thread(target=take) for _n in range(2)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert sorted(map(str, told)) == ["1", "full"]
    assert SessionBooking.objects.count() == 1
