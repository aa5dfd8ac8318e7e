import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse


@pytest.fixture
def database_down(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.fixture
def stranger():
    """A browser with the cookie of a session from before the database went away."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    return client


@pytest.mark.django_db
def test_health_is_good_without_sign_in(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    # Strangers need not know which version of what answers.
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_health_says_that_the_database_is_down(stranger, database_down):
    response = stranger.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "unreachable"}


@pytest.mark.django_db
def test_pages_say_that_the_database_is_away_and_no_more(stranger, database_down):
    response = stranger.get("/")

    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "OperationalError" not in page
    assert "connection refused" not in page
    assert "数据库暂时不可用" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "status", "words"),
    [
        ("SET LOCAL statement_timeout = '30ms'; SELECT pg_sleep(5)", 503, "缩小范围"),
        (
            "SET LOCAL transaction_read_only = on; DELETE FROM visits_feedback",
            503,
            "数据库暂时不可用",
        ),
        ("SELECT 1 / 0", 500, "系统出错"),
    ],
)
def test_a_slow_question_and_a_mistake_are_told_apart(
    client, secadmin, monkeypatch, statement, status, words
):
    """The statement stands for one of the page's own."""

    def ask(*args, **kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    client.force_login(secadmin)
    client.raise_request_exception = False
    monkeypatch.setattr("cadres.views.accounts.page_asked", ask)

    response = client.get(reverse("cadres:account_list"))

    assert (response.status_code, words in response.content.decode()) == (status, True)
