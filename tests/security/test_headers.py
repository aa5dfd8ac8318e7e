"""What each answer tells the browser, those of errors and refusals included."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.config.test_large_bodies import Endless
from tests.config.test_start import NOWHERE, SECRETS
from visits.actions.make_feed import make_feed

YEAR = 365 * 86400
ON_ALL = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
}


@pytest.fixture
def over_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture
def stranger(db, over_https):
    return Client(raise_request_exception=False)


@pytest.fixture
def reader(secadmin, over_https):
    client = Client(raise_request_exception=False)
    client.force_login(secadmin)
    return client


def breaking(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("cadres.views.accounts.page_asked", fail)


def test_every_answer_has_all_headers(stranger, reader, leader, monkeypatch, settings):
    """One of each status and of each way out of the product."""
    accounts = reverse("cadres:account_list")
    key = make_feed(by=leader, now=timezone.localtime())
    large = {"CONTENT_LENGTH": str(2**30), "wsgi.input": Endless(2**17)}
    answers = {
        200: reader.get(accounts, secure=True),
        "static file": stranger.get("/static/css/app.css", secure=True),
        "no such static file": stranger.get("/static/no.css", secure=True),
        "health": stranger.get("/healthz", secure=True),
        "sign-in": stranger.get(reverse("account_login"), secure=True),
        "public": stranger.get(reverse("visits:session_notice"), secure=True),
        "stranger": stranger.get("/", secure=True),
        "text": stranger.get("/%00", secure=True),
        "address": stranger.get("/%ff", secure=True),
        "host": stranger.get("/", secure=True, headers={"host": "evil.example"}),
        "host of a file": stranger.get(
            "/static/css/app.css", secure=True, headers={"host": "evil.example"}
        ),
        404: reader.get("/nowhere/", secure=True),
        "feed": stranger.get(reverse("visits:feed_read", args=["no"]), secure=True),
        "file": stranger.get(reverse("visits:feed_read", args=[key]), secure=True),
        405: reader.get(reverse("visits:notice_read_all"), secure=True),
        "method": stranger.generic("TRACE", "/", secure=True),
        413: stranger.generic("POST", reverse("account_login"), secure=True, **large),
    }
    for status, error in (
        (400, SuspiciousOperation()),
        (403, PermissionDenied()),
        (500, ValueError()),
        (503, OperationalError()),
    ):
        with monkeypatch.context() as patched:
            breaking(patched, error)
            answers[status] = reader.get(accounts, secure=True)

    settings.LIMITS = {"public": (1, 60)}
    for _time in range(2):
        answers[429] = stranger.get(reverse("visits:session_notice"), secure=True)

    statuses = {it: answers[it].status_code for it in answers if isinstance(it, int)}
    assert statuses == {it: it for it in statuses}
    assert [answers[it].status_code for it in ("text", "address", "host")] == [400] * 3
    assert answers["method"].status_code == 405
    assert [answers[it].status_code for it in ("static file", "file")] == [200] * 2
    missing = {name: ON_ALL - {*it.headers} for name, it in answers.items()}
    assert {name: it for name, it in missing.items() if it} == {}
    assert [name for name, it in answers.items() if "Content-Type" not in it] == []


def test_headers_say_what_they_should(stranger):
    answer = stranger.get(reverse("account_login"), secure=True)
    static = stranger.get("/static/js/app.js", secure=True)

    policy = dict(
        part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Strict-Transport-Security"].startswith(f"max-age={YEAR}; include")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=(), " in answer["Permissions-Policy"]
    assert "publickey" not in answer["Permissions-Policy"]
    # No other site reads anything of ours, nor builds on it.
    assert not [it for it in static.headers if it.startswith("Access-Control")]
    assert static["Cross-Origin-Resource-Policy"] == "same-origin"
    assert static["Content-Type"] == 'text/javascript; charset="utf-8"'


SAY = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from config.known_browser import COOKIE
call_command("check", deploy=True, fail_level="WARNING")
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME,
    settings.LANGUAGE_COOKIE_NAME, COOKIE, settings.SESSION_COOKIE_SECURE,
    settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.DEBUG]))
"""


def test_a_production_start_lacks_nothing_and_its_cookies_are_of_this_host_alone():
    ended = subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=settings.BASE_DIR,
        env={
            **{k: v for k, v in os.environ.items() if k not in ("DEBUG", "DEMO")},
            **SECRETS,
            "SECRET_KEY": "".join(chr(33 + number % 90) for number in range(64)),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": NOWHERE,
            "ALLOWED_HOSTS": "office.example",
            "HTTPS": "1",
            "BEHIND_PROXY": "1",
            "CLAMD_ADDRESS": "/run/clamd.sock",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert "WARNINGS" not in ended.stderr
    assert ended.returncode == 0, ended.stderr
    names = ["sessionid", "csrftoken", "django_language", "known_browser"]
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found == [*(f"__Host-{it}" for it in names), True, True, True, False]


def test_what_nginx_answers_itself_has_the_same_headers(stranger, settings):
    settings.SECURE_HSTS_PRELOAD = True
    answer = stranger.get(reverse("account_login"), secure=True)
    lines = (settings.BASE_DIR / "deploy/nginx/headers.conf").read_text()
    told = dict(
        re.findall(r'^add_header (\S+) "?([^"]*?)"? always;$', lines, re.MULTILINE)
    )

    policy = told.pop("Content-Security-Policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert {name: answer[name] for name in told} == told
    assert told.keys() >= ON_ALL - {"Content-Security-Policy"}
