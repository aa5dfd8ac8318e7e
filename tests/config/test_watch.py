"""Ids of requests, what is slow, readiness, and figures for Prometheus."""

import logging
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.watch import HEADER, shape_of
from tests.config.test_health import database_down, stranger  # noqa: F401
from visits.reports import operation

SECRET = "欧阳秘密"


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [
        (it.getMessage(), it.figures)
        for it in caplog.records
        if it.name == "config.watch"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind_proxy", "given", "is_kept"),
    [
        (True, "7f3a-0123456789", True),
        (False, "7f3a-0123456789", False),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "with spaces in it", False),
        (True, "00000000\r\nforged", False),
        (True, "", False),
    ],
)
def test_the_id_is_the_trusted_proxys_or_a_new_one(
    client, settings, behind_proxy, given, is_kept
):
    settings.BEHIND_PROXY = behind_proxy

    found = client.get("/healthz", headers={HEADER: given}).headers[HEADER]

    assert (found == given) == is_kept
    assert len(found) >= 8
    assert found.isprintable()


@pytest.mark.django_db
def test_a_page_that_broke_tells_the_reference_that_the_log_has(
    client, secadmin, monkeypatch, capsys
):
    def fail(*args, **kwargs):
        raise ValueError(SECRET)

    monkeypatch.setattr("cadres.views.accounts.page_asked", fail)
    client.force_login(secadmin)
    client.raise_request_exception = False

    response = client.get(reverse("cadres:account_list"), {"q": SECRET})

    assert response.status_code == 500
    reference = response.headers[HEADER]
    assert reference in response.content.decode()
    assert SECRET not in response.content.decode()


@pytest.mark.django_db
def test_what_is_slow_leaves_a_line_without_values(
    client, secadmin, settings, monkeypatch, lines
):
    def ask(*args, **kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s, 'in the\n text', 42, pg_sleep(0.03)", [SECRET])
        raise PermissionError

    monkeypatch.setattr("cadres.views.accounts.page_asked", ask)
    client.force_login(secadmin)
    client.raise_request_exception = False
    settings.SLOW_REQUEST_MS = settings.SLOW_QUERY_MS = 25

    client.get(reverse("cadres:account_list"), {"q": SECRET})

    (query, of_query), (request, of_request) = lines()
    assert (query, request) == ("slow query", "slow request")
    assert of_query["statement"] == "SELECT %s, ?, ?, pg_sleep(?)"
    assert of_query["ms"] >= 25
    assert of_request["view"] == "cadres:account_list"
    assert (of_request["status"], of_request["method"]) == (500, "GET")
    assert of_request["queries"] >= 1
    assert SECRET not in str(lines())


def test_the_shape_of_a_statement_has_no_literal():
    sql = "SELECT a FROM t1 WHERE b = 'it''s' AND c IN (1, 2.5)\n AND d = $$x y$$"

    assert shape_of(sql) == "SELECT a FROM t1 WHERE b = ? AND c IN (?, ?) AND d = ?"


@pytest.mark.django_db
def test_ready_says_what_is_not_well(client, monkeypatch):
    now = timezone.now()
    good = operation.Jobs(0, 0, now - timedelta(minutes=1), 1)
    late = operation.Jobs(1, 0, now - timedelta(hours=1), 1)
    full = operation.Disk(total=100, free=1)
    assert client.get("/readyz").json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "queue": "ok",
        "disk": "ok",
    }
    for name, value, part in (
        ("jobs_now", lambda now: late, "queue"),
        ("disk", lambda: full, "disk"),
        ("missing_migrations", lambda: ["visits.0099_more"], "migrations"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr("config.views.jobs_now", lambda now: good)
            patched.setattr(f"config.views.{name}", value)
            response = client.get("/readyz")

        assert response.status_code == 503
        assert [k for k, v in response.json().items() if v == "not ok"] == [part]


@pytest.mark.parametrize(
    ("total", "free", "is_low"),
    [
        (100, 11, False),
        (100, 10, False),
        (100, 9, True),
        (252, 21, False),
        (252, 19, True),
    ],
)
def test_a_disk_is_low_in_share_and_in_bytes(total, free, is_low):
    gib = 1024**3

    assert operation.Disk(total=total * gib, free=free * gib).is_low is is_low


@pytest.mark.django_db
def test_not_ready_without_a_database(stranger, database_down):  # noqa: F811
    response = stranger.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "not ok"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "allow", "hops", "headers", "status"),
    [
        ("", [], 0, {}, 404),
        ("", [], 0, {"Authorization": "Bearer "}, 404),
        ("abc", [], 0, {}, 404),
        ("abc", [], 0, {"Authorization": "Bearer abd"}, 404),
        ("abc", [], 0, {"Authorization": "Bearer 不"}, 404),
        ("abc", [], 0, {"Authorization": "Bearer abc"}, 200),
        ("", ["127.0.0.0/8"], 0, {}, 200),
        ("", ["10.0.0.0/8"], 0, {"X-Forwarded-For": "10.1.1.1"}, 404),
        ("", ["10.0.0.0/8"], 1, {"X-Forwarded-For": "10.1.1.1"}, 200),
        ("", ["10.0.0.0/8"], 1, {"X-Forwarded-For": "10.1.1.1, 192.0.2.1"}, 404),
        ("", ["127.0.0.0/8"], 1, {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("", ["127.0.0.0/8"], 1, {"X-Forwarded-For": "no address"}, 404),
    ],
)
def test_metrics_are_closed_but_for_a_token_or_an_address(
    client, settings, token, allow, hops, headers, status
):
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = token, allow
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = hops

    assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.django_db
def test_metrics_count_answers_by_the_name_of_the_view(client, settings):
    settings.METRICS_TOKEN = "abc"
    client.get(f"/letters/{SECRET}/", headers={"Accept-Language": "en"})
    client.get(reverse("account_login"))

    page = client.get("/metrics", headers={"Authorization": "Bearer abc"})

    families = text_string_to_metric_families(page.content.decode())
    found = {
        (sample.name, sample.labels.get("view")): sample.value
        for family in families
        for sample in family.samples
    }
    assert found["grassroots_requests_total", "account_login"] >= 1
    assert found["grassroots_request_queries_count", "account_login"] >= 1
    assert found["grassroots_database_up", None] == 1
    assert found["grassroots_jobs_waiting", None] >= 0
    assert found["grassroots_migrations_missing", None] == 0
    assert SECRET not in page.content.decode()
