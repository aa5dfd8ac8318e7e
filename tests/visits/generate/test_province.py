"""A whole province, as the command makes it with its two connections."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.long
UNPROVEN = "SELECT conname FROM pg_constraint WHERE NOT convalidated"
SILENT = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'"
LEFT = "SELECT relname FROM pg_class WHERE relname LIKE 'gen\\_%'"
NOTHING_FOUND = f"""
from django.db import connection
with connection.cursor() as cursor:
    for question in {[UNPROVEN, SILENT, LEFT]!r}:
        cursor.execute(question)
        assert cursor.fetchall() == [], question
"""


@pytest.fixture
def manage(tmp_path):
    """Runs `manage.py` on a machine of its own."""
    kept = ("PATH", "PG_BINDIR", "HOME", "LANG")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment["VAR_DIR"] = str(tmp_path / "var")

    def run(*command, module=("manage.py",)):
        return subprocess.run(
            [sys.executable, *module, *command],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    yield run
    run("remove", module=("-m", "config.embedded"))


def test_a_province_obeys_every_rule_and_is_counted_right(manage):
    made = manage("generate", "--scale", "province")

    assert made.returncode == 0, made.stderr
    assert "what reports keep" in made.stdout
    found = manage("shell", "--no-imports", "--command", NOTHING_FOUND)
    assert found.returncode == 0, found.stderr
    checked = manage("rebuild_rollups", "--check")
    assert checked.returncode == 0, checked.stderr
    again = manage("generate", "--scale", "province")
    assert "A generated database is one of its own" in again.stderr
