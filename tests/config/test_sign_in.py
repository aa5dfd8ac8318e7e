"""Signing in and out, as allauth does it with our settings and pages."""

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory, RoleGrantFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "account_login"


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(db):
    return AccountFactory(username="wang.wei", password=PASSWORD)


def sign_in(client, username="wang.wei", password=PASSWORD, **more):
    return client.post(reverse(LOGIN), {"login": username, "password": password} | more)


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.CLERK, "visits:today"),
        (Role.AUDITOR, "cadres:account_list"),
        (Role.REPORT_READER, "visits:report_districts"),
    ],
)
def test_sign_in_leads_each_role_to_its_work(client, account, role, page):
    RoleGrantFactory(account=account, role=role)

    assert sign_in(client).url == reverse(page)


@pytest.mark.parametrize("typed", ["wang.wei", "WANG.Wei", " wang.wei "])
def test_sign_in_leads_to_today(client, account, typed):
    response = sign_in(client, typed)

    assert response.url == reverse("visits:today")
    assert client.session["_auth_user_id"] == str(account.pk)


@pytest.mark.parametrize(
    ("language", "button"), [("zh-hans", "登录"), ("en", "Sign in")]
)
def test_sign_in_page_speaks_both_languages(client, db, language, button):
    client.cookies["django_language"] = language

    page = client.get(reverse(LOGIN)).content.decode()

    assert f">{button}</button>" in page
    assert "signup" not in page
    assert "/password/" not in page


def test_sign_in_answers_unknown_and_known_names_alike(client, account):
    known = sign_in(client, password="wrong")
    unknown = sign_in(client, "nobody", "wrong")

    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors
    assert known.context["form"].errors


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("\x00", "x"),
        ("x" * 5000, "x"),
        ("wang.wei", "x" * 5000),
        ("", ""),
        ("𠮷", "㐂"),
    ],
)
def test_sign_in_answers_bad_input(client, account, username, password):
    response = sign_in(client, username, password)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_sign_in_is_limited_per_name_also_with_the_right_password(client, account):
    for _try in range(5):
        sign_in(client, password="wrong")

    response = sign_in(client)

    assert response.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_too_many_tries_are_told_on_a_page_of_ours(client, account, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}
    for name in range(4):
        response = sign_in(client, f"nobody{name}", "wrong")

    assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
    assert "短时间内尝试次数过多" in response.content.decode()


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "\\\\evil.example",
    ],
)
def test_sign_in_leads_nowhere_else(client, account, next_):
    assert sign_in(client, next=next_).url == reverse("visits:today")


def test_sign_in_leads_back(client, account):
    asked = client.get(reverse("visits:calendar"), {"view": "month"})
    assert asked.url == f"{reverse(LOGIN)}?next=/visits/%3Fview%3Dmonth"

    assert sign_in(client, next="/visits/?view=month").url == "/visits/?view=month"


@pytest.mark.parametrize("length", [600, 3000])
def test_the_way_back_is_short(client, db, length):
    response = client.get(reverse("visits:calendar"), {"q": "长" * length})

    assert response.url == f"{reverse(LOGIN)}?next=/visits/"
    assert len(client.get("/" + "x" * length).headers.get("Location", "")) < 1600


def test_a_closed_account_is_told_after_the_right_password_alone(client, account):
    account.is_active = False
    account.save()

    wrong = sign_in(client, password="wrong")
    right = sign_in(client)

    assert wrong.context["form"].errors
    assert right.url == reverse("account_inactive")
    assert "账号已停用" in client.get(right.url).content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_changes_the_session_key(client, account):
    client.get(reverse(LOGIN))
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    sign_in(client)

    assert client.session.session_key != planted


def test_sign_out_asks_then_ends_the_session(client, account):
    client.force_login(account)
    old = client.session.session_key

    page = client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    assert "确定退出登录吗" in page.content.decode()
    response = client.post(reverse("account_logout"))

    assert response.url == reverse(LOGIN)
    client.cookies["sessionid"] = old
    assert client.get("/").url.startswith(reverse(LOGIN))


def change(client, old, new, again=None):
    return client.post(
        reverse("account_change_password"),
        {"oldpassword": old, "password1": new, "password2": again or new},
    )


def test_change_password_keeps_this_session_and_ends_others(client, account, client_of):
    sign_in(client)
    other = client_of(account)

    response = change(client, PASSWORD, "yun-long-hu-2026")

    assert response.status_code == 302
    account.refresh_from_db()
    assert account.check_password("yun-long-hu-2026")
    assert client.get("/").status_code == 200
    assert other.get("/").url.startswith(reverse(LOGIN))


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", "yun-long-hu-2026", None, "oldpassword"),
        (PASSWORD, "kurz", None, "password1"),
        (PASSWORD, "password123", None, "password1"),
        (PASSWORD, "yun-long-hu-2026", "yun-long-hu-2027", "password2"),
    ],
)
def test_change_password_says_what_is_wrong(client, account, old, new, again, field):
    client.force_login(account)

    response = change(client, old, new, again)

    assert field in response.context["form"].errors
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "password/reset/",
        "password/set/",
        "confirm-email/",
        "login/code/confirm/",
        "reauthenticate/",
    ],
)
def test_pages_that_nobody_needs_are_closed(client, account, path):
    client.force_login(account)

    assert client.get(f"/accounts/{path}").status_code == 404


def test_sign_up_has_no_address():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
