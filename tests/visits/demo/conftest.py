import lzma
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction

from cadres.actions.load_places import load_places
from visits.demo.load import load_demo

HERE = Path(__file__).parent
# No letter accepted during National Day can be due in these days.
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PLACES = settings.BASE_DIR / "cadres" / "data" / "places.csv.xz"


def jiangsu_and_villages_of_xuzhou():
    """The shipped list without what the demo does not read."""
    with lzma.open(PLACES, "rt", encoding="utf-8", newline="") as lines:
        yield next(lines)
        for line in lines:
            code = line.split(",", 1)[0]
            if code.startswith("3203") or (code.startswith("32") and len(code) < 12):
                yield line


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo as of NOW, once for all tests here; each test is rolled back to it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DEMO", True)
        patch.setattr(settings, "DEMO_PASSWORD", "correct horse 四下")
        patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("files"))
        connection.ensure_connection()
        with transaction.atomic():
            load_places(jiangsu_and_villages_of_xuzhou(), on=NOW.date())
            assert load_demo(now=NOW)
            connection.check_constraints()  # else each test checks all links anew
            yield
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            # How many rows a table has is not rolled back.
            cursor.execute("ANALYZE")
