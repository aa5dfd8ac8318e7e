"""Pages of reception sessions: what is public, who books, who plans."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.factories.intake import reception_data
from tests.factories.sessions import book, planned_session, published_session
from tests.visits.actions.test_sessions import SessionWorld
from visits.actions.cancel_session import cancel_session
from visits.actions.replace_leader import replace_leader
from visits.models import Access, Letter, ReceptionSession

pytestmark = pytest.mark.django_db
NOTICE, LIST = reverse("visits:session_notice"), reverse("visits:session_list")


@pytest.fixture
def world(js):
    return SessionWorld(js)


@pytest.fixture
def session(world):
    return published_session(world.office, [world.cadre], world.petition)


def step_url(session, step):
    return reverse("visits:session_step", args=[session.reference, step])


def today_of(session):
    """As if its day had come."""
    now = timezone.localtime()
    rows = ReceptionSession.objects.filter(pk=session.pk)
    rows.update(starts_at=now - timedelta(hours=1), ends_at=now, on=now.date())


@pytest.mark.parametrize("count", [1, 3])
def test_the_notice_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for _n in range(count):
        published_session(world.office, [world.cadre], world.petition)

    with django_assert_num_queries(7):
        response = client.get(NOTICE)

    assert len(response.context["coming"]) == count


def test_the_notice_shows_what_is_published_and_nobody_who_comes(
    client, world, session
):
    planned_session(
        world.office, [world.other], world.petition, venue="还没有公布的地方"
    )
    book(session, world.clerk, subject="低保申请", name="王测试", contact="13800002207")

    page = client.get(NOTICE).content.decode()

    assert "辛志强" in page
    assert "水务" in page
    for hidden in ("还没有公布的地方", "低保申请", "王测试", "王某", "13800002207"):
        assert hidden not in page


def test_the_notice_strikes_through_who_cannot_come(client, world, session):
    now = timezone.localtime()
    replace_leader(
        session,
        by=world.petition,
        now=now,
        leader=world.cadre,
        successor=world.other,
        reason="出差",
    )

    page = client.get(NOTICE).content.decode()

    assert "<del>辛志强" in page
    assert "<strong>许文涛" in page


def test_the_notice_says_what_is_cancelled(client, world, session):
    cancel_session(session, by=world.petition, now=timezone.localtime(), reason="防汛")

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(NOTICE).content.decode()

    assert "Cancelled: 防汛" in page


def test_a_liaison_plans_and_publishes(client, world):
    client.force_login(world.liaison)
    day = timezone.localdate() + timedelta(days=9)

    response = client.post(
        reverse("visits:session_plan"),
        {
            "client_key": uuid.uuid4(),
            "form": "topic",
            "office": world.office.pk,
            "leaders": [world.cadre.pk],
            "place": world.office.place.path,
            "place_id": world.office.place.pk,
            "venue": "镇政府",
            "day": day.isoformat(),
            "starts": "09:00",
            "ends": "11:00",
            "slots": 5,
        },
    )
    session = ReceptionSession.objects.get()
    published = client.post(step_url(session, "publish"), {})

    assert response.url == published.url == session.get_absolute_url()
    session.refresh_from_db()
    assert (session.state, session.on, session.slots) == ("published", day, 5)


def test_a_liaison_names_no_other_leader(client, world):
    client.force_login(world.liaison)

    page = client.get(reverse("visits:session_plan"))

    assert list(page.context["form"].fields["leaders"].queryset) == [world.cadre]


def test_a_clerk_books_but_does_not_plan(client, world, session):
    client.force_login(world.clerk)
    typed = {"client_key": uuid.uuid4(), "subject": "宅基地"}

    booked = client.post(step_url(session, "book"), typed)

    assert booked.url == session.get_absolute_url()
    assert session.bookings.get().subject == "宅基地"
    assert client.get(reverse("visits:session_plan")).status_code == 403
    assert client.post(step_url(session, "cancel"), {"reason": "x"}).status_code == 302
    session.refresh_from_db()
    assert session.state == "published"


def test_no_identity_number_is_taken(client, world, session):
    client.force_login(world.clerk)
    typed = {"client_key": uuid.uuid4(), "subject": "32030519800101123X"}

    assert client.post(step_url(session, "book"), typed).status_code == 422
    assert not session.bookings.exists()


def test_the_list_hides_whole_names_and_opens_them_with_a_reason(
    client, world, session
):
    book(session, world.clerk, name="王测试", contact="13800002207")
    client.force_login(world.clerk)
    page = client.get(session.get_absolute_url()).content.decode()
    assert "王某" in page
    assert "王测试" not in page

    address = reverse("visits:session_booking_open", args=[session.reference, 1])
    refused = client.post(address, {"reason": ""})
    opened = client.post(address, {"reason": "会期改了"})

    assert refused.status_code == 302
    assert "王测试" in opened.content.decode()
    assert Access.objects.get().by == world.clerk


def test_a_liaison_sees_no_names_of_who_booked(client, world, session):
    book(session, world.clerk, name="王测试", contact="13800002207")
    client.force_login(world.liaison)

    assert "王某" not in client.get(session.get_absolute_url()).content.decode()
    address = reverse("visits:session_booking_open", args=[session.reference, 1])
    assert client.post(address, {"reason": "看看"}).status_code == 403


def test_a_stranger_finds_no_session(client, session, liaison):
    client.force_login(liaison)

    assert client.get(session.get_absolute_url()).status_code == 404


def test_results_and_totals_reach_the_public_page(client, world, session):
    today_of(session)
    client.force_login(world.petition)
    for outcome in ("settled", "guided"):
        typed = {
            "client_key": uuid.uuid4(),
            "subject": "低保",
            "outcome": outcome,
            "minute": "当场答复。",
        }
        assert client.post(step_url(session, "result"), typed).status_code == 302
    client.post(step_url(session, "hold"), {"groups": 2, "person_visits": 5})

    row = client.get(NOTICE).context["coming"][0]

    assert (row.session.person_visits, row.matters) == (5, 2)
    assert "当场答复" not in client.get(NOTICE).content.decode()


def test_rows_of_a_reception_day_belong_to_its_session(client, world, session):
    today_of(session)
    client.force_login(world.clerk)
    reception = reverse("visits:letter_reception")

    form = client.get(f"{reception}?session={session.reference}").context["form"]
    assert form["session"].value() == session.pk
    typed = reception_data(world.clerk, world.office, world.office.place) | {
        "session": session.pk
    }
    client.post(reception, typed)

    letter = Letter.objects.get()
    assert letter.session == session
    assert client.get(reception).context["form"]["session"].value() == session.pk
    page = client.get(session.get_absolute_url())
    assert page.context["page"].letters == [letter]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for _n in range(count):
        published_session(world.office, [world.cadre], world.petition)
    client.force_login(world.clerk)

    with django_assert_num_queries(9):
        response = client.get(LIST)

    assert len(response.context["rows"]) == count
