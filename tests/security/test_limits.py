"""Who asks too often is told when it opens again, and loses nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.limits import KINDS
from tests.addresses import names_of
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
DEAR = ("visits:report_", "_pick", "_xlsx", "_docx", "_hints", "lookup", "visits:word")
SHOWN_ALONE = {"visits:report_export", "visits:report_file"}  # what they send counts


def test_every_dear_address_has_a_limit():
    names = {*names_of()}
    dear = {it for it in names if any(mark in it for mark in DEAR)}

    assert {name.partition("/")[0] for name in KINDS} <= names
    assert dear - {*KINDS} == SHOWN_ALONE


def test_an_account_that_asks_too_often_waits_and_nobody_else(
    client_of, liaison, leader, settings, monkeypatch
):
    settings.LIMITS = {"search": (2, 90)}
    browser, address = client_of(liaison), reverse("visits:search")

    answers = [browser.get(address, {"q": "石屯"}) for _n in range(3)]

    assert [it.status_code for it in answers] == [200, 200, 429]
    page = answers[-1].content.decode()
    assert answers[-1].headers["Retry-After"] == "90"
    assert answers[-1].headers["Cache-Control"] == "private, no-store"
    assert "短时间内请求过于频繁" in page and "2 分钟" in page
    # Another machine of the same account is no way round; another account is not hit.
    assert client_of(liaison).get(address).status_code == 429
    assert client_of(leader).get(address).status_code == 200
    assert browser.get(reverse("visits:calendar")).status_code == 200
    later = timezone.now() + timedelta(seconds=91)
    monkeypatch.setattr("config.limits.timezone.now", lambda: later)
    assert browser.get(address).status_code == 200


def test_what_was_typed_waits_on_the_page(client_of, casework, settings):
    settings.LIMITS = {"search": (1, 60)}
    casework.petition.language = "en"
    casework.petition.save()
    browser, address = client_of(casework.petition), reverse("visits:letter_search")
    browser.post(address, {"q": "供水"})

    proof = {"confirm-password": "geheim", "confirm-code": "geheim"}
    answer = browser.post(address, {"q": "<b>供水", "kept": ["a", "b"]} | proof)

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "asked for too often" in page and "within a minute" in page
    assert f'<form method="post" action="{address}">' in page
    assert '<input type="hidden" name="q" value="&lt;b&gt;供水">' in page
    assert page.count('name="kept"') == 2 and "geheim" not in page
    settings.LIMITS = {}
    assert browser.post(address, {"q": "供水"}).status_code == 302


def test_strangers_are_counted_by_their_line(settings):
    settings.LIMITS = {"public": (2, 60)}
    address = reverse("visits:session_notice")

    def asks(line):
        return Client(REMOTE_ADDR=line).get(address).status_code

    lines = ["10.0.0.1", "::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2"]
    assert [asks(line) for line in lines] == [200, 200, 429, 200]
    # Of IPv6 a line is a network: its addresses are without number.
    lines = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:3::", "2001:db8:1:3::"]
    assert [asks(line) for line in lines] == [200, 200, 429, 200]


def test_only_what_is_sent_counts_where_a_form_is_shown(client_of, settings):
    settings.LIMITS = {"file": (0, 60), "identity": (0, 60), "upload": (1, 60)}
    browser = client_of(AccountFactory())
    address = reverse("visits:letter_files", args=["ABCD2345"])

    assert [browser.get(address).status_code for _n in range(3)] == [403] * 3
    assert [browser.post(address).status_code for _n in range(2)] == [403, 429]
