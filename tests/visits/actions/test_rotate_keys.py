import base64
from hashlib import sha256

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from cadres.models.encrypted import SealedTexts, key_of, write_sealed
from tests.factories import CadreFactory, MatterFactory, VisitFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.sessions import book, published_session
from visits.actions.ask_about_data import ask_about_data
from visits.actions.open_identity import open_identity, open_sealed
from visits.actions.report_pressure import open_pressure, report_pressure
from visits.actions.rotate_files import rotate_files
from visits.actions.rotate_keys import COLUMNS, rotate_column
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.models import Attachment, MatterEvent, file_store

pytestmark = pytest.mark.django_db


def key(number):
    return f"{number}:{base64.b64encode(bytes([number]) * 32).decode()}"


@pytest.fixture
def world(js, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.IDENTITY_KEYS = [key(1)]
    return LetterWorld(js)


def keys_in_use():
    found = set()
    for column in COLUMNS:
        rows = column.model._default_manager.filter(
            **{f"{column.field}__isnull": False}
        )
        values = rows.values_list(column.field, flat=True)
        found |= {(column.model.__name__, key_of(bytes(value))) for value in values}
    return found


def filled(world):
    """Something sealed in every column."""
    letter = world.sealed(named_units=[world.water])
    transfer = ask_transfer(
        letter, by=world.sealer, to_unit=world.discipline, reasons="属", now=world.now
    )
    letter = confirm_transfer(transfer, by=world.second, now=world.now)
    attachment = Attachment(letter=letter, size=1, added_by=world.clerk)
    attachment.sealed_name = write_sealed(
        {"name": "照片.jpg"}, purpose="attachment", seal_id=attachment.key
    )
    attachment.sha256 = file_store.put(attachment.key, b"jpg")
    attachment.save()
    report = report_pressure(text="被威胁", letter=letter, now=timezone.now())
    matter = MatterFactory(stop=VisitFactory(places=[world.place]).stops.get())
    event = MatterEvent(
        matter=matter,
        step="hear_paper",
        to_state="settled",
        on=timezone.localdate(),
        by=world.clerk,
        acted_as="overseer",
    )
    event.keep_witness("王测试")
    event.save()
    session = published_session(world.office, [CadreFactory()], world.clerk)
    book(session, world.clerk, name="王测试")
    ask_about_data(letter, kind="see", asker="self", text="全部", now=timezone.now())
    return letter, report


def test_every_sealed_column_is_rotated():
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTexts)
    }

    assert {(it.model, it.field) for it in COLUMNS} == sealed


def test_all_is_under_the_new_key_and_opens_without_the_old(world, settings):
    letter, report = filled(world)
    assert len(keys_in_use()) == len(COLUMNS)
    settings.IDENTITY_KEYS = [key(2), key(1)]

    call_command("rotate_identity_key")

    assert {number for _name, number in keys_in_use()} == {2}
    settings.IDENTITY_KEYS = [key(2)]
    file = Attachment.objects.get()
    assert file_store.take(file.key) == b"jpg"
    assert file.sha256 == sha256(file_store.path_of(file.key).read_bytes()).hexdigest()
    text = open_sealed(letter, by=world.inspector, reason="查", now=world.now)
    assert text["request"] == "反映违规收费"
    [person] = open_identity(letter, by=world.inspector, reason="查", now=world.now)
    assert person["name"] == "李测试"
    assert (
        open_pressure(report, by=world.reader_above, reason="查", now=world.now)
        == "被威胁"
    )


def test_a_second_run_changes_nothing(world, settings):
    filled(world)
    settings.IDENTITY_KEYS = [key(2), key(1)]
    first = [rotate_column(column).done for column in COLUMNS]

    again = [rotate_column(column).done for column in COLUMNS]

    assert min(first) > 0
    assert again == [0] * len(COLUMNS)


def test_a_stopped_run_goes_on_where_it_was(world, settings, monkeypatch):
    for _n in range(5):
        world.letter()
    settings.IDENTITY_KEYS = [key(2), key(1)]
    monkeypatch.setattr("visits.actions.rotate_keys.BATCH", 2)
    column = COLUMNS[0]
    rows = column.model._default_manager
    seal = "visits.actions.rotate_keys.seal_bytes"
    real = write_sealed.__globals__["seal_bytes"]
    calls = []

    def breaks(*arguments):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(seal, breaks)
        with pytest.raises(KeyboardInterrupt):
            rotate_column(column)
    done = sum(key_of(bytes(it)) == 2 for it in rows.values_list("identity", flat=True))

    assert done == 2
    assert rotate_column(column).done == 3


def test_what_no_key_opens_is_named_and_left(world, settings, capsys):
    filled(world)
    settings.IDENTITY_KEYS = [key(2)]

    with pytest.raises(CommandError):
        call_command("rotate_identity_key")

    assert {number for _name, number in keys_in_use()} == {1}
    assert "李测试" not in capsys.readouterr().err


def test_a_file_renewed_before_its_row_gets_its_hash_by_the_next_run(world, settings):
    filled(world)
    file = Attachment.objects.get()
    settings.IDENTITY_KEYS = [key(2), key(1)]
    anew = file_store.reseal(file.key)

    assert rotate_files() == (0, [])

    file.refresh_from_db()
    assert file.sha256 == anew
