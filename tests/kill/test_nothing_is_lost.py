"""kill -9 at random moments: what was acknowledged is there once, and whole.

Then PostgreSQL is away, only reads, and the disk is full. The short form has a few
cycles; `make test-kill` has fifty, and PostgreSQL away for half a minute.
"""

import asyncio
import hashlib
import os
import random
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from procrastinate import App, PsycopgConnector

from cadres.models.encrypted import open_bytes
from cadres.rules.roles import Role
from config import embedded
from tests.factories import AccountFactory, CadreFactory, UnitFactory
from tests.factories.files import PDF
from tests.factories.intake import register_data
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import PLAIN
from tests.kill.clients import GIVE_UP, PATIENCE, Client, Kept, said_in
from tests.kill.service import Service
from tests.visits.views.sheets import days_ahead, sheet
from visits import tasks
from visits.models import file_store
from visits.rules.letter_states import Step

VICTIMS = ["web", "postgres", "worker", "master"]
UP_AGAIN = (
    30 * PATIENCE
)  # seconds: 10 are promised, on a machine that does nothing else


def session_of(account):
    browser = Browser()
    browser.force_login(account)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def bookings(cadre, place):
    for number in range(2_000):
        day, slot = divmod(number, 10)
        sent = sheet(
            cadre,
            place,
            crowding_reason="防汛",
            **{
                "stops-0-day": days_ahead(3 + day),
                "stops-0-starts": f"{8 + slot:02}:00",
                "stops-0-ends": f"{8 + slot:02}:20",
            },
        )
        yield sent["client_key"], reverse("visits:visit_plan"), sent, None


def letters(office, place):
    while True:
        key = str(uuid.uuid4())
        sent = register_data(office, place, client_key=key, request=f"停水 {key}")
        yield key, reverse("visits:letter_register"), sent, None


def files(of):
    for number in range(15 * len(of)):
        letter = of[number % len(of)]
        key = str(uuid.uuid4())
        sent = {"client_key": key, "shows_no_identity": "on"}
        address = reverse("visits:letter_files", args=[letter.reference])
        data = PDF[:9] + b"%" + b"x" * (200_000 + number) + b"\n" + PDF[9:]
        yield (
            f"{letter.pk}/{hashlib.sha256(data).hexdigest()}/{key}",
            address,
            sent,
            data,
        )


def moves(of):
    for step in (Step.ACCEPT, Step.INQUIRE):
        for letter in of:
            version = letter.version + (step == Step.INQUIRE)
            sent = {"version": version} | {k: str(v) for k, v in PLAIN[step].items()}
            address = f"{letter.get_absolute_url()}{step}/"
            yield f"{letter.pk}/{step}", address, sent, None


@pytest.fixture
def busy(transactional_db, js, tmp_path):
    """A service with a copy of this small world, and those who keep it busy."""
    office = UnitFactory(name="徐州市委办公室", place=js.xuzhou)
    cadre = CadreFactory(name="辛志强", unit=office)
    leader = AccountFactory(cadre=cadre, unit=office, role=Role.LEADER)
    world = LetterWorld(js)
    given = [world.at_unit() for _number in range(30)]
    more = [world.at_unit() for _number in range(15)]
    everyone = {
        "visit": (leader, bookings(cadre, js.tangzhang)),
        "letter": (world.clerk, letters(world.office, world.place)),
        "file": (world.petition, files(given[:15] + more)),
        "move": (world.handler, moves(given)),
    }
    sessions = {kind: session_of(who) for kind, (who, _forms) in everyone.items()}
    service = Service(tmp_path)
    try:
        service.copy_of(settings.DATABASES["default"])
        service.start()
        kept = Kept()
        clients = [
            Client(service.port, sessions[kind], kind, forms, kept)
            for kind, (_who, forms) in everyone.items()
        ]
        yield service, clients, kept
    finally:
        service.remove()


def jobs_to_do(service, count):
    for _number in range(count):
        service.ask(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
            " VALUES ('default', 'visits.tasks.recount_day', 'recount', %s)",
            '{"day": "2026-05-01"}',
        )


def kills(service, clients, cycles):
    """Seconds that the service was away after each kill."""
    for client in clients:
        client.start()
    away = []
    for cycle in range(cycles):
        jobs_to_do(service, 3)
        time.sleep(random.uniform(0.3, 1.5))
        if service.kill(VICTIMS[cycle % len(VICTIMS)]):
            time.sleep(0.2)
            away.append(service.wait_until_up())
    time.sleep(1)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(GIVE_UP + 10)
    return away


async def take_up(service):
    """What the periodic task does five minutes later."""
    home = service.database["HOST"]
    connector = PsycopgConnector(
        kwargs={"host": home, "user": "postgres", "dbname": "kill"}
    )
    app = App(connector=connector)
    async with app.open_async():
        await tasks.take_up(app.job_manager, silent=0)


def finish_jobs(service):
    service.stop()
    # In a thread of its own: browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, take_up(service)).result()
    service.run("procrastinate", "worker", "--one-shot", "--concurrency=1")


def check(service, kept):
    ask = service.ask
    assert kept.strange == []
    for kind, sent in kept.sent.items():
        assert sent, f"no {kind} was sent"
        assert len(sent) - len(kept.acknowledged[kind]) <= 1 or kind == "move"

    # Visits: one row per key, with its event, its stop and its team.
    rows = ask(
        "SELECT v.client_key::text, count(DISTINCT e.id), count(DISTINCT s.id),"
        " count(DISTINCT t.id), count(DISTINCT d.id) FROM visits_visit v"
        " LEFT JOIN visits_visitevent e ON e.visit_id = v.id"
        " LEFT JOIN visits_stop s ON s.visit_id = v.id"
        " LEFT JOIN visits_visitofficial t ON t.visit_id = v.id"
        " LEFT JOIN visits_diaryentry d ON d.stop_id = s.id GROUP BY v.id"
    )
    once(kept, "visit", [key for key, *_rest in rows])
    assert {tuple(rest) for _key, *rest in rows} == {(1, 1, 1, 1)}

    # Letters: one row per key, with the event of its registration, a clock, its writer.
    rows = ask(
        "SELECT l.client_key::text, count(DISTINCT e.id) FILTER (WHERE e.to_state ="
        " 'registered'), count(DISTINCT c.id) > 0, count(DISTINCT p.id)"
        " FROM visits_letter l"
        " LEFT JOIN visits_letterevent e ON e.letter_id = l.id"
        " LEFT JOIN visits_letterclock c ON c.letter_id = l.id"
        " LEFT JOIN visits_petitioner p ON p.letter_id = l.id"
        " WHERE l.request LIKE '停水%%' GROUP BY l.id"
    )
    once(kept, "letter", [key for key, *_rest in rows])
    assert {tuple(rest) for _key, *rest in rows} == {(1, True, 1)}

    # Moves: each acknowledged one has its event once, and no letter is half moved.
    rows = ask("SELECT letter_id::text || '/' || step FROM visits_letterevent")
    found = [it for (it,) in rows if it.endswith(("/accept", "/inquire"))]
    once(kept, "move", found)
    assert not ask(
        "SELECT l.id FROM visits_letter l JOIN LATERAL (SELECT to_state FROM"
        " visits_letterevent e WHERE e.letter_id = l.id ORDER BY id DESC LIMIT 1) e"
        " ON true WHERE e.to_state <> '' AND e.to_state <> l.state"
    )

    # Files: each row has its file, which opens; after the sweep no file lacks a row.
    names = {}
    for key, letter, client_key, sha256 in ask(
        "SELECT key::text, letter_id, client_key::text, sha256 FROM visits_attachment"
    ):
        sealed = (service.files / key[:2] / key).read_bytes()
        plain = open_bytes(sealed, file_store.purpose_of(key))
        assert hashlib.sha256(sealed).hexdigest() == sha256
        names[f"{letter}/{hashlib.sha256(plain).hexdigest()}"] = client_key
    short = [it.rsplit("/", 1)[0] for it in kept.acknowledged["file"]]
    assert set(short) <= set(names)
    assert len(ask("SELECT 1 FROM visits_attachment")) == len(names)
    for path in service.files.glob("*/*"):
        os.utime(path, (0, 0))  # as if the hour were over
    service.run("sweep_files")
    there = {it.name for it in service.files.glob("*/*")}
    assert there == {key for (key,) in ask("SELECT key::text FROM visits_attachment")}

    # Jobs: none is left, none failed.
    states = dict(
        ask(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'visits.tasks.recount_day' GROUP BY status"
        )
    )
    assert set(states) == {"succeeded"}, states


def once(kept, kind, found):
    """Every acknowledged one, nothing twice, nothing that nobody sent."""
    assert len(found) == len(set(found))
    assert set(kept.acknowledged[kind]) <= set(found)
    assert set(found) <= set(kept.sent[kind])


def troubles(service, clients, kept, *, seconds):
    """PostgreSQL away, reading alone, a full disk: said in words, over by itself."""
    by_kind = {client.kind: client for client in clients}

    def sent(kind):
        key, address, fields, file = next(by_kind[kind].forms)
        status, page = by_kind[kind]._post(address, fields, file)
        if status == 302:  # what was refused must not be found
            kept.sent[kind].append(key)
            kept.acknowledged[kind].append(key)
        return status, page

    assert sent("visit")[0] == sent("file")[0] == 302

    assert embedded.stop(service.var)
    status, page = sent("visit")
    assert status == 503
    assert "数据库暂时不可用" in page
    assert not service.answers()
    time.sleep(seconds)
    embedded.database(service.var, "kill")
    assert sent("visit")[0] == 302

    for switch, expected in (("on", 503), ("off", 302)):
        service.ask(f"ALTER DATABASE kill SET default_transaction_read_only = {switch}")
        service.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'kill' AND pid <> pg_backend_pid()"
        )
        assert sent("visit")[0] == expected

    for most, expected in ((50_000, 422), (psutil.RLIM_INFINITY, 302)):
        for pid in service.victims()["web"]:
            psutil.Process(pid).rlimit(
                psutil.RLIMIT_FSIZE, (most, psutil.RLIM_INFINITY)
            )
        before = set(service.files.glob("*/*"))
        status, page = sent("file")
        assert status == expected, said_in(page)
        assert ("文件未能保存" in page) == (status == 422), said_in(page)
        assert len(set(service.files.glob("*/*")) - before) == (status == 302)


def run(busy, *, cycles, seconds):
    service, clients, kept = busy
    away = kills(service, clients, cycles)
    troubles(service, clients, kept, seconds=seconds)
    finish_jobs(service)
    check(service, kept)
    acknowledged = {kind: len(keys) for kind, keys in kept.acknowledged.items()}
    print(f"{len(away)} kills, acknowledged {acknowledged}, away {max(away):.1f} s")
    assert max(away) < UP_AGAIN


def test_a_few_kills(busy):
    run(busy, cycles=4, seconds=1)


@pytest.mark.kill
def test_fifty_kills(busy):
    run(busy, cycles=50, seconds=30)


@pytest.fixture
def small_disk(monkeypatch):
    """A disk of its own for PostgreSQL, which finds no way into a test's folder."""
    if os.geteuid():
        pytest.skip("only root may mount a disk")
    disk = embedded.SHORT_PATHS / f"grassroots-disk-{os.getpid()}"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=700m,mode=755", "tmpfs", str(disk)]
    subprocess.run(command, check=True)
    monkeypatch.setattr(embedded, "STATE_DIR", disk / "state")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)
    disk.rmdir()


@pytest.mark.kill
def test_a_full_disk_below_postgresql_is_said_and_comes_back_by_itself(
    small_disk, busy
):
    service, clients, kept = busy
    assert small_disk in Path(service.database["HOST"]).parents
    (clerk,) = [client for client in clients if client.kind == "letter"]

    def register():
        key, address, fields, file = next(clerk.forms)
        kept.sent["letter"].append(key)
        status, page = clerk._post(address, fields, file)
        if status == 302:
            kept.acknowledged["letter"].append(key)
        return status, page

    assert register()[0] == 302
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    status, page = 302, ""
    while status == 302:
        status, page = register()
    assert status == 503
    assert "数据库暂时不可用" in page

    filler.unlink()
    freed = time.monotonic()
    while register()[0] != 302:
        assert time.monotonic() - freed < UP_AGAIN
        time.sleep(0.5)
    found = service.ask(
        "SELECT client_key::text FROM visits_letter WHERE request LIKE '停水%'"
    )
    once(kept, "letter", [key for (key,) in found])
    print(
        f"{len(found)} letters; {time.monotonic() - freed:.1f} s after the disk had room"
    )
