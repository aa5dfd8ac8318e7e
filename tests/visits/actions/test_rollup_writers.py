"""Who writes at the same time in one county: nobody waits for what reports keep."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from tests.factories import MatterFactory, ReceptionFactory, TalkFactory, VisitFactory
from visits.actions.fold_rollup import differences, fold_rollup
from visits.models import (
    Matter,
    Reception,
    Stop,
    Talk,
    TouchedVisit,
    Visit,
    VisitOfficial,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
WRITERS, SECONDS, ROUNDS = 16, 1.5, 5
NEW = {
    "reference": "substr(md5(random()::text), 1, 8)",
    "client_key": "gen_random_uuid()",
    "visit_id": "(SELECT id FROM visit)",
    "stop_id": "(SELECT id FROM stop)",
}


def again(model):
    """One more row like the only one there is."""
    columns = [it.column for it in model._meta.concrete_fields if it.column != "id"]
    values = ", ".join(NEW.get(it, it) for it in columns)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"
        f" WHERE id = (SELECT min(id) FROM {table}) RETURNING id"
    )


@pytest.fixture
def visit_logged(js):
    """A statement that writes a visit with all that a log brings."""
    visit = VisitFactory(held=True, places=[js.tangzhang])
    stop = visit.stops.get()
    for entry in (TalkFactory, ReceptionFactory, MatterFactory):
        entry(stop=stop)
    return (
        f"WITH visit AS ({again(Visit)}), stop AS ({again(Stop)}),"
        f" team AS ({again(VisitOfficial)}), talk AS ({again(Talk)}),"
        f" reception AS ({again(Reception)}), matter AS ({again(Matter)}) SELECT 1"
    )


def written(statement):
    """How many visits are written by all writers together."""
    until = time.monotonic() + SECONDS

    def write():
        done = 0
        with connection.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute(statement)
                done += 1
        connections.close_all()
        return done

    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(lambda _n: write(), range(WRITERS)))


def switch(is_on):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname = 'touch_visit'"
        )
        for (table,) in cursor.fetchall():
            word = "ENABLE" if is_on else "DISABLE"
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER touch_visit")


def test_16_writers_in_one_county_keep_four_fifths_of_their_rate(visit_logged):
    written(visit_logged)
    ratios = []
    for _round in range(ROUNDS):
        noted = written(visit_logged)
        switch(False)
        try:
            unnoted = written(visit_logged)
        finally:
            switch(True)
        ratios.append(noted / unnoted)
    print("kept", [f"{it:.2f}" for it in ratios], "of", unnoted / SECONDS, "per second")

    assert statistics.median(ratios) >= 0.8


def test_what_many_write_at_once_is_all_counted(visit_logged):
    written(visit_logged)
    fold_rollup()
    assert not TouchedVisit.objects.exists()
    assert list(differences()) == []
