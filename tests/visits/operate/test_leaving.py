"""An office takes everything along, and two people destroy what stays behind."""

import hashlib
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from cadres.actions.keep_incident import enter_incident
from cadres.models import Account
from tests.factories.files import PDF
from tests.factories.letter_world import LetterWorld
from visits.actions.attach_file import Sent, attach_file
from visits.actions.report_pressure import report_pressure
from visits.models import Attachment, Letter, PressureReport
from visits.operate import postgres
from visits.operate.export_all import our_models
from visits.operate.wipe import locks

pytestmark = pytest.mark.django_db
NAME = "李测试"  # who wrote the letters of `LetterWorld`
PASSWORD = "correct horse"


@pytest.fixture
def people(sysadmin, secadmin, monkeypatch):
    for it in (sysadmin, secadmin):
        it.set_password(PASSWORD)
        it.save()
    monkeypatch.setattr("getpass.getpass", lambda _prompt: PASSWORD)
    return ["sysadmin", "secadmin"]


@pytest.fixture
def office(js, files_dir):
    world = LetterWorld(js)
    letter = world.at_unit()
    attach_file(
        letter,
        by=world.handler,
        file=Sent("井.pdf", PDF),
        client_key=uuid.uuid4(),
        now=timezone.now(),
    )
    return world


@pytest.fixture(autouse=True)
def no_isolation(monkeypatch):
    """The test's transaction has begun: none of it can be made repeatable any more."""
    real = connection.execute_wrapper

    def skip(execute, sql, params, many, context):
        if "ISOLATION LEVEL" in str(sql):
            sql, params = "SELECT 1", None
        return execute(sql, params, many, context)

    with real(skip):
        yield


def read(folder, table):
    lines = (folder / "tables" / f"{table}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_everything_leaves_in_open_formats_with_each_column_described(
    office, people, tmp_path
):
    sealed, clear = tmp_path / "sealed", tmp_path / "clear"

    call_command("export_all", sealed, "--people", *people)
    call_command("export_all", clear, "--people", *people, "--in-clear")

    described = {
        it["table"]: it for it in json.loads((clear / "fields.json").read_text())
    }
    assert set(described) == {it._meta.db_table for it in our_models()}
    assert "cadres_session" not in described
    taken = [
        (it["act"], it["account_id"])
        for it in read(clear, "cadres_auditentry")
        if it["kind"] == "export"
    ]
    assert sorted(taken) == sorted(
        (act, account.pk)
        for act in ("export_all", "export_in_clear")
        for account in Account.objects.filter(username__in=people)
    )
    for table, about in described.items():
        rows = read(clear, table)
        names = [column["name"] for column in about["columns"]]
        assert all(list(row) == names for row in rows)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (len(rows),)
    [state] = [
        it for it in described["visits_letter"]["columns"] if it["name"] == "state"
    ]
    assert state["choices"]["registered"]["en"] == "Registered"
    assert state["choices"]["registered"]["zh-hans"] != "Registered"
    [writer] = read(clear, "visits_petitioner")
    assert NAME in json.dumps(writer["identity"], ensure_ascii=False)
    file = Attachment.objects.get()
    assert (clear / "files" / str(file.key)).read_bytes() == PDF

    assert NAME.encode() not in b"".join(
        it.read_bytes() for it in sealed.rglob("*") if it.is_file()
    )
    for folder in (sealed, clear):
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert "四下基层" in (folder / "README.zh.md").read_text()
        assert "{" not in (folder / "README.en.md").read_text()


def test_one_person_takes_nothing_along_and_destroys_nothing(
    office, people, tmp_path, monkeypatch, auditor
):
    auditor.set_password(PASSWORD)
    auditor.save()
    out, kept = tmp_path / "out", tmp_path / "list.json"
    name = connection.settings_dict["NAME"]
    for pair in (
        ["sysadmin", "sysadmin"],
        ["secadmin", "sysadmin"],
        ["sysadmin", "auditor"],
        ["sysadmin", "nobody"],
    ):
        with pytest.raises(CommandError, match="Name two people"):
            call_command("export_all", out, "--people", *pair)
        with pytest.raises(CommandError, match="Name two people"):
            call_command("wipe", "--confirm", name, "--people", *pair, "--list", kept)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD * ("sys" in prompt))
    with pytest.raises(CommandError, match="not the password of secadmin"):
        call_command("wipe", "--confirm", name, "--people", *people, "--list", kept)
    with pytest.raises(CommandError, match="This is the database"):
        call_command("wipe", "--confirm", "x", "--people", *people, "--list", kept)

    assert not out.exists()
    assert not kept.exists()
    assert Letter.objects.exists()


def test_evidence_stops_the_end_and_a_list_outlives_it(
    office, people, secadmin, tmp_path, files_dir
):
    letter = Letter.objects.get()
    report_pressure(
        by=office.handler,
        text="夜里有人来家里威胁",
        now=timezone.now(),
    )
    now = timezone.now()
    incident = enter_incident(
        by=secadmin,
        now=now,
        title="丢失一台手机",
        noticed_at=now,
        data="走访记录",
    )
    kept = tmp_path / "list.json"
    name = connection.settings_dict["NAME"]
    order = ["wipe", "--confirm", name, "--people", *people, "--list", kept]
    with pytest.raises(CommandError, match="Locked as evidence"):
        call_command(*order)
    assert Letter.objects.exists()

    released = locks()
    assert released == [
        PressureReport.objects.get().reference,
        f"incident-{incident.pk}",
    ]
    reference, rows = letter.reference, Letter.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # of this test's own rows
        call_command(*order, "--released", *released)
        left, files = postgres.table_names(connection), list(files_dir.glob("*/*"))
        transaction.set_rollback(True)  # the other tests still need the tables

    assert (left, files) == ([], [])
    found = json.loads(kept.read_text())
    assert [it["user"] for it in found["by"]] == people
    assert [it["reference"] for it in found["letters"]] == [reference]
    assert found["tables"]["visits_letter"] == rows
    assert found["released"] == released
    assert NAME not in kept.read_text()
