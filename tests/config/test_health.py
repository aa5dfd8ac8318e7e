import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client


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
    assert response.json()["status"] == "ok"


@pytest.mark.django_db
def test_health_says_that_the_database_is_down(stranger, database_down):
    response = stranger.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "unreachable"}


@pytest.mark.django_db
def test_pages_fail_without_telling_why_when_the_database_is_down(
    stranger, database_down
):
    response = stranger.get("/")

    assert response.status_code == 500
    assert "OperationalError" not in response.content.decode()
    assert "<main" in response.content.decode()
