"""What a start says when something is missing: a sentence, never a traceback."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings

NOWHERE = "postgresql://postgres@/nothing?host=/nonexistent"
SECRETS = {
    "SECRET_KEY": "x" * 60,
    "IDENTITY_KEYS": "1:" + base64.b64encode(b"k" * 32).decode(),
}


def start(*command, **environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("SECRET_KEY", "DEMO")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**kept, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("manage.py", "prepare"), id="manage.py"),
        pytest.param(
            ("-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"),
            id="gunicorn",
        ),
    ],
)
def test_production_without_secret_key_does_not_start(command):
    ended = start(*command, DATABASE_URL=NOWHERE, PORT="0")

    assert ended.returncode != 0
    assert "Set SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_prepare_says_that_the_database_does_not_answer():
    ended = start("manage.py", "prepare", DATABASE_URL=NOWHERE, **SECRETS)

    assert ended.returncode != 0
    assert "The database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_demo_is_off_where_the_database_is_ones_own():
    ended = start("manage.py", "demo", DATABASE_URL=NOWHERE, **SECRETS)

    assert ended.returncode != 0
    assert "The demo is off here" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_production_without_usable_identity_keys_does_not_start():
    for keys in ("", "1:short"):
        ended = start(
            "manage.py",
            "prepare",
            DATABASE_URL=NOWHERE,
            **SECRETS | {"IDENTITY_KEYS": keys},
        )

        assert ended.returncode != 0
        assert "IDENTITY_KEYS" in ended.stderr
        assert "short" not in ended.stderr
