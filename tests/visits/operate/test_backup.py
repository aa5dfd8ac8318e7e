"""A backup of a small world is made, proved, spoilt in every way, and refused."""

import base64
import json
import shutil
import uuid
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cadres.models.session import SessionStore
from tests.factories.files import PDF
from tests.factories.letter_world import LetterWorld
from visits.actions.attach_file import Sent, attach_file
from visits.models import Attachment, Upkeep, file_store
from visits.operate import postgres
from visits.operate.backup import drop_oldest

committed = pytest.mark.django_db(transaction=True)
NAME = "欧阳秘密"


def key(number, seed):
    return f"{number}:{base64.b64encode(bytes([seed]) * 32).decode()}"


@pytest.fixture
def office(js, settings, files_dir):
    """A letter with a name and two files, and a visit's worth of rows around it."""
    settings.BACKUP_KEYS = [key(1, 9)]
    world = LetterWorld(js)
    letter = world.at_unit()
    for number in range(2):
        attach_file(
            letter,
            by=world.handler,
            file=Sent(f"{NAME}.pdf", PDF + b"%" * number),
            client_key=uuid.uuid4(),
            now=timezone.now(),
        )
    return world


def databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%drill%'")
        return cursor.fetchall()


def spoil(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def resealed_sums(folder, **changed):
    """A manifest as someone without the key would write it."""
    manifest = json.loads((folder / "manifest.json").read_text()) | changed
    (folder / "manifest.json").write_text(json.dumps(manifest))


@committed
def test_a_backup_is_proved_by_its_drill_and_refused_when_it_is_not_whole(
    office, settings, tmp_path, capsys
):
    folder = tmp_path / "backups" / "one"
    call_command("backup", folder)
    call_command("verify_backup", folder, "--work", tmp_path)

    said = capsys.readouterr().out
    assert "The backup is good" in said
    assert "2 attachments" in said
    backup, drill = Upkeep.objects.order_by("pk")
    assert (backup.is_good, drill.is_good) == (True, True)
    assert backup.about["rows"] == drill.about["rows"] > 0
    assert drill.about["files"] == drill.about["attachments"] == 2
    assert drill.about["values"] >= 3  # names of files and the letter's writer
    everything = b"".join(it.read_bytes() for it in folder.iterdir())
    assert NAME.encode() not in everything
    assert b"PGDMP" not in everything
    # Nobody is signed in by a backup.
    tables, left_out = set(postgres.table_names(connection)), set(postgres.NOT_KEPT)
    assert left_out < tables
    assert SessionStore.get_model_class()._meta.db_table in left_out
    kept = json.loads((folder / "manifest.json").read_text())["tables"]
    assert kept.keys() == tables - left_out

    # It goes into an empty database alone.
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", folder)
    # Nor is one written over another.
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", folder)

    # Checked before anything is written.
    refused = {
        "is no complete backup": lambda it: (it / "manifest.json").unlink(),
        "files.sealed is not": lambda it: spoil(it / "files.sealed"),
        "database.sealed is not": lambda it: spoil(it / "database.sealed"),
        "The manifest was changed": lambda it: resealed_sums(it, files=0),
    }
    for number, (words, harm) in enumerate(refused.items()):
        harmed = tmp_path / f"harmed-{number}"
        shutil.copytree(folder, harmed)
        harm(harmed)
        with pytest.raises(CommandError, match=words):
            call_command("verify_backup", harmed)
    settings.BACKUP_KEYS = [key(2, 8)]
    with pytest.raises(CommandError, match="needs key 1"):
        call_command("verify_backup", folder)
    settings.BACKUP_KEYS = settings.IDENTITY_KEYS
    with pytest.raises(CommandError, match="a key of its own"):
        call_command("backup", tmp_path / "two")
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("backup", tmp_path / "two")

    assert not (tmp_path / "two").exists()
    assert databases() == []
    assert Upkeep.objects.filter(is_good=False, kind=Upkeep.Kind.DRILL).count() == 5


@committed
def test_the_drill_opens_files_and_names_those_that_do_not_open(
    office, settings, tmp_path
):
    """A row whose file is gone, and one whose file another key sealed: each is said."""
    lost, strange = Attachment.objects.order_by("pk")
    file_store.drop(lost.key)
    ours = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = [key(1, 5)]
    strange_sha = file_store.put(strange.key, PDF)
    settings.IDENTITY_KEYS = ours
    Attachment.objects.filter(pk=strange.pk).update(sha256=strange_sha)
    folder = tmp_path / "backup"
    call_command("backup", folder)

    with pytest.raises(CommandError) as why:
        call_command("verify_backup", folder)

    assert f"File {lost.key} is missing." in str(why.value)
    assert f"No key of IDENTITY_KEYS opens file {strange.key}." in str(why.value)
    assert Upkeep.objects.newest_good(Upkeep.Kind.DRILL) is None
    assert sha256(file_store.path_of(strange.key).read_bytes()).hexdigest() in (
        strange_sha
    )


def test_only_complete_backups_are_counted_when_the_oldest_go(tmp_path):
    for day in range(1, 5):
        folder = tmp_path / f"{9 - day}"
        folder.mkdir()
        made = {"made_at": f"2026-03-0{day}T02:00:00+00:00"}
        (folder / "manifest.json").write_text(json.dumps(made))
    (tmp_path / "half").mkdir()

    gone = drop_oldest(tmp_path, keep=2)

    assert sorted(it.name for it in gone) == ["7", "8"]
    assert sorted(it.name for it in tmp_path.iterdir()) == ["5", "6", "half"]
    assert drop_oldest(tmp_path, keep=0) == []
