"""Jobs run at least once: a second time, by whatever clock, changes nothing."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories.letter_world import LetterWorld
from tests.factories.letters import letter_at
from visits.models import Notice
from visits.operate.postgres import tables_of
from visits.tasks import (
    draw_samples,
    expire,
    forget,
    mail,
    mask,
    recount_day,
    retry_stalled,
    scan_what_waits,
    sweep,
    warn,
)

PERIODIC = (warn, draw_samples, forget, mail, scan_what_waits, expire, mask, sweep)


@pytest.mark.django_db
def test_every_task_may_run_twice_and_by_any_clock(js, files_dir):
    world = LetterWorld(js)
    past = timezone.localtime() - timedelta(days=70)
    letter_at(world.place, office=world.office, by=world.clerk, now=past)
    kept = []

    for timestamp in (0, 2**40, -(2**40)):
        for task in PERIODIC:
            task(timestamp)
        recount_day(day="2026-05-01")
        kept.append(tables_of(connection))

    assert Notice.objects.exists()
    assert kept[1:] == kept[:-1]


def job(task, status, *, lock="", queueing_lock="", worker=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock,"
            " queueing_lock, worker_id) VALUES ('default', %s, '{\"timestamp\": 0}', %s,"
            " nullif(%s, ''), nullif(%s, ''), %s) RETURNING id",
            [f"visits.tasks.{task}", status, lock, queueing_lock, worker],
        )
        return cursor.fetchone()[0]


def worker(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds_ago],
        )
        return cursor.fetchone()[0]


async def retry_then_fetch(by, count):
    """What the task does in its worker, then which jobs the next one is given."""
    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            await retry_stalled(SimpleNamespace(app=app), timestamp=0)
            fetch = app.job_manager.fetch_job
            given = [await fetch(queues=None, worker_id=by) for _n in range(count)]
            return [it and it.id for it in given]


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_never_stops_the_queue():
    """Its lock would keep the next of its kind waiting for good."""
    killed, alive = worker(3600), worker(0)
    fold = {"lock": "fold", "queueing_lock": "fold"}
    stalled = job("fold", "doing", worker=killed, **fold)
    next_one = job("fold", "todo", **fold)
    alone = job("recount_day", "doing", lock="recount", worker=killed)
    forgotten = job("sweep", "doing", queueing_lock="sweep")  # its worker is gone
    running = job("mail", "doing", lock="send_digests", worker=alive)

    # In a thread of its own: browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        given = pool.submit(asyncio.run, retry_then_fetch(alive, 4)).result()

    assert given == [next_one, alone, forgotten, None]
    assert dict(ProcrastinateJob.objects.values_list("pk", "status")) == {
        stalled: "aborted",
        next_one: "doing",
        alone: "doing",
        forgotten: "doing",
        running: "doing",
    }
    tried = dict(ProcrastinateJob.objects.values_list("pk", "attempts"))
    assert (tried[alone], tried[next_one]) == (1, 0)
