"""Passwords and invitations at the door, and how often one may guess."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cadres.actions.forget_sign_ins import forget_sign_ins
from cadres.actions.invite import invite_account
from cadres.actions.set_password import set_checked_password
from cadres.models import Account, Session, Setting, WrongTry
from tests.factories import AccountFactory, UnitFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, WELCOME = reverse("account_login"), reverse("welcome")


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(db):
    return AccountFactory(username="wang.wei", name="王伟", password=PASSWORD)


def sign_in(client, username="wang.wei", password=PASSWORD):
    client.cookies["django_language"] = "en"
    return client.post(LOGIN, {"login": username, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


def test_a_stranger_who_guesses_locks_no_official_out(account):
    """Nor does anyone learn whether there is such a name: the lock says the same."""
    desk, stranger, other = Client(), Client(), Client()
    sign_in(desk)
    assert is_in(desk)
    desk.post(reverse("account_logout"))

    told = [sign_in(stranger, password=f"wrong{n}").content.decode() for n in range(6)]
    unknown = [sign_in(other, "nobody", f"wrong{n}").content.decode() for n in range(6)]

    assert "Too many wrong tries" not in told[4]
    assert "Too many wrong tries" in told[5]
    assert "Too many wrong tries" in unknown[5]
    sign_in(stranger)
    assert not is_in(stranger)
    sign_in(desk)
    assert is_in(desk)
    # The desk's own tries are counted, too: ten at one account in all.
    desk.post(reverse("account_logout"))
    for n in range(6):
        sign_in(desk, password=f"wrong{n}")
    sign_in(desk)
    assert not is_in(desk)
    assert WrongTry.objects.count() == 15
    forget_sign_ins(now=timezone.now())
    assert WrongTry.objects.count() == 15
    # Nobody's name is kept in clear, and the lock ends.
    assert all(b"wang" not in bytes(it.name) for it in WrongTry.objects.all())
    WrongTry.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    cache.clear()
    sign_in(stranger)
    assert is_in(stranger)
    forget_sign_ins(now=timezone.now() + timedelta(days=2))
    assert not WrongTry.objects.exists()
    assert not Session.objects.exists()


def test_a_password_is_what_the_office_set(js):
    unit = UnitFactory(name="铜山区委办公室", place=js.tongshan)
    account = AccountFactory(username="wang.wei", name="王伟", unit=unit)
    now = timezone.now()
    refused = {
        "too short": "Aa1!x",
        "too few kinds": "abcdefghijkl",
        "common": "Password123",
        "user name": "Wang.Wei-2026",
        "name": "aB3!王伟王伟王伟",
        "unit": "aB3铜山区委办公室x",
        "product": "Grassroots-2026",
    }
    for case, password in refused.items():
        with pytest.raises(ValidationError):
            set_checked_password(account, password, now=now)
            pytest.fail(case)
    used = [f"Hai-an-{n}x!" for n in range(3000, 3006)]
    for password in used:
        set_checked_password(account, password, now=now)
    for password in used[1:]:
        with pytest.raises(ValidationError):
            set_checked_password(account, password, now=now)
    set_checked_password(account, used[0], now=now)
    Setting.objects.create(name="password.length", value=20)
    with pytest.raises(ValidationError):
        set_checked_password(account, "Long-enough-19-sign", now=now)


def test_an_old_password_is_changed_before_all_else_where_it_is_set(client, account):
    Setting.objects.create(name="password.max_days", value=90)
    sign_in(client)
    change = reverse("account_change_password")
    assert client.get("/").url == change

    data = {"oldpassword": PASSWORD, "password1": "Hai-an-2026!"}
    client.post(change, data | {"password2": "Hai-an-2026!"})

    assert client.get("/").status_code == 200
    account.refresh_from_db()
    assert account.password_set_at is not None


def test_an_invitation_leads_into_the_account(client, account, sysadmin):
    client.cookies["django_language"] = "en"
    code = invite_account(account, by=sysadmin, now=timezone.now()).code
    typed = {
        "username": "Wang.Wei",
        "code": code,
        "password": "Hai-an-2026!",
        "again": "Hai-an-2026!",
    }
    refused = [
        typed | {"again": "other"},
        typed | {"password": "short", "again": "short"},
        typed | {"code": "2345-2345-2345-2345"},
        typed | {"username": "nobody"},
    ]
    for data in refused:
        answer = client.post(WELCOME, data)
        assert answer.status_code == 422
        assert not is_in(client)

    client.post(WELCOME, typed)

    assert is_in(client)
    assert Account.objects.get(pk=account.pk).check_password("Hai-an-2026!")
    again = {client.post(WELCOME, typed).status_code for _n in range(30)}
    assert again == {422, 429}
