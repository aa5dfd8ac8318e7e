"""What is typed neither leads elsewhere nor writes lines of its own into a log."""

import logging
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import AccountFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "http://testserver@evil.example/",
    "//testserver.evil.example/",
]
FORGED = "x\r\n2026-11-30 12:00:00 ERROR config signed in: 王书记"


def leads_out(response):
    """As a browser reads it: of the white space in front and of `\\` it makes `/`."""
    address = response.headers.get("Location", "").strip().replace("\\", "/")
    parts = urlsplit("".join(it for it in address if it not in "\t\r\n"))
    return bool(parts.scheme or parts.netloc)


def test_nothing_that_is_sent_along_leads_elsewhere():
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    typed = {"login": "wang.wei", "password": PASSWORD}
    sign_in, language = reverse("account_login"), reverse("set_language")
    signed_in = Client()
    signed_in.force_login(account)

    led = []
    for wanted in ELSEWHERE:
        answers = {
            "sign-in": Client().post(sign_in, typed | {"next": wanted}),
            "sign-in again": signed_in.get(sign_in, {"next": wanted}),
            "language": Client().post(language, {"language": "en", "next": wanted}),
            "sign-out": Client().post(reverse("account_logout"), {"next": wanted}),
        }
        assert answers["sign-in"].status_code == 302
        led += [(wanted, name) for name, it in answers.items() if leads_out(it)]

    assert led == []
    # An address that wants a slash at its end is sent on to itself alone.
    assert not leads_out(signed_in.get("//evil.example/officials"))


def test_no_page_repeats_the_name_that_it_was_asked_under():
    """Else a link in it would lead to whoever planted the name, or a cache keep it."""
    asked = {"headers": {"x-forwarded-host": "evil.example", "forwarded": "host=evil"}}
    for name in ("account_login", "visits:lookup", "visits:session_notice"):
        assert b"evil" not in Client().get(reverse(name), **asked).content

    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_no_line_of_a_log_is_written_by_a_visitor(client, caplog):
    """A path is decoded before it is logged, and the names of sign-in are anyone's."""
    caplog.set_level(logging.DEBUG)
    client.raise_request_exception = False

    client.get(f"/{FORGED}/")
    client.get("/", headers={"user-agent": FORGED, "x-request-id": FORGED})
    client.post(reverse("account_login"), {"login": FORGED, "password": FORGED})
    client.get("/", {"next": FORGED}, headers={"host": f"evil {FORGED}"})
    client.post(reverse("set_language"), {"language": FORGED, "next": FORGED})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en%0aERROR"
    client.generic("TRACE", f"/{FORGED}")

    assert caplog.records
    said = [
        it.getMessage() for it in caplog.records if not it.name.startswith("django.db")
    ]
    assert [it for it in said if "\n" in it or "\r" in it] == []
    # A password that was typed into the wrong field stands in no log either.
    assert [it for it in said if "signed in: 王书记" in it and "login" in it] == []
