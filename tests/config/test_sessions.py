"""Sessions end: idle, too long, elsewhere, or because the person's rights changed."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cadres.actions.close_account import close_account
from cadres.models import Session, Setting
from cadres.models.session import STATE
from tests.factories import AccountFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, SECURITY = reverse("account_login"), reverse("mfa_index")
STATE_URL = reverse("session_state")


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(db):
    return AccountFactory(username="wang.wei", password=PASSWORD)


def move(client, **seconds):
    session = client.session
    state = session[STATE]
    session[STATE] = state | {name: state[name] - by for name, by in seconds.items()}
    session.save()


def test_a_session_ends_when_nobody_is_there_or_it_is_too_long(client, account):
    Setting.objects.create(name="signin.idle_minutes", value=10)
    Setting.objects.create(name="signin.longest_hours", value=12)
    cases = [
        ({"seen": 9 * 60}, None),
        ({"seen": 10 * 60 + 5}, "You were signed out after a time"),
        ({"until": 12 * 3600 + 5}, "Your session has ended"),
    ]
    for moved, words in cases:
        client.cookies["django_language"] = "en"
        client.force_login(account)
        move(client, **moved)
        answer = client.get(SECURITY)
        if words is None:
            assert answer.status_code == 200
            continue
        assert answer.url == f"{LOGIN}?next={SECURITY}"
        assert words in client.get(answer.url).content.decode()
        client.logout()
    client.force_login(account)
    session = client.session
    del session[STATE]
    session.save()
    assert client.get(SECURITY).url.startswith(LOGIN)


def test_what_a_page_asks_by_itself_keeps_no_session_alive(client, account):
    Setting.objects.create(name="signin.idle_minutes", value=10)
    client.force_login(account)
    move(client, seen=300)
    seen = client.session[STATE]["seen"]

    client.get(reverse("visits:notice_count"))
    client.get(SECURITY, headers={"X-Background": "1"})
    told = client.get(STATE_URL).json()

    assert client.session[STATE]["seen"] == told["seen"] == seen
    assert told["account"] == account.pk
    assert client.post(STATE_URL).json()["seen"] > seen
    assert Client().get(STATE_URL).json() == {"account": None}


def test_a_person_sees_and_ends_their_sessions(client, account, client_of):
    one, two = client_of(account), client_of(account)
    stranger = client_of(AccountFactory())
    client.force_login(account)
    page = client.get(SECURITY)
    assert [it["is_here"] for it in page.context["sessions"]].count(True) == 1
    keys = Session.objects.values_list("session_key", flat=True)
    assert not any(key in page.content.decode() for key in keys)
    marks = [it["mark"] for it in page.context["sessions"] if not it["is_here"]]

    client.post(reverse("session_end"), {"session": marks[0]})
    alive = [it.get(SECURITY).status_code for it in (one, two)]
    assert sorted(alive) == [200, 302]
    here = next(it for it in page.context["sessions"] if it["is_here"])
    client.post(reverse("session_end"), {"session": here["mark"]})
    client.post(reverse("session_end"), {"session": "\x00"})
    client.post(reverse("sessions_end"))

    assert [it.get(SECURITY).status_code for it in (one, two)] == [302, 302]
    assert client.get(SECURITY).status_code == 200
    assert stranger.get(SECURITY).status_code == 200
    assert account.events.filter(kind="signed_out").exists()


def test_one_session_at_a_time_where_it_is_set(client, account, client_of):
    Setting.objects.create(name="signin.one_session", value=1)
    before = client_of(account)
    stranger = client_of(AccountFactory())

    client.post(LOGIN, {"login": "wang.wei", "password": PASSWORD})

    assert client.get(SECURITY).status_code == 200
    assert before.get(SECURITY).status_code == 302
    assert stranger.get(SECURITY).status_code == 200


def test_leaving_ends_sessions_with_the_next_request(client, account, sysadmin):
    client.force_login(account)

    close_account(account, by=sysadmin, now=timezone.now())

    assert client.get(SECURITY).status_code == 302
    assert not account.sessions.exists()


def test_signing_out_clears_what_the_browser_keeps(client, account):
    client.force_login(account)

    response = client.post(reverse("account_logout"))

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_database_that_only_reads_is_no_session_that_ended(client, account):
    client.force_login(account)
    session = client.session
    session["said"] = "something"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")

        with pytest.raises(InternalError):
            session.save()
        transaction.set_rollback(True)


def test_a_session_that_ended_is_told_from_a_database_that_is_away(client, account):
    client.force_login(account)
    session = client.session
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        session.save()
