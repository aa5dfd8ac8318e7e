"""Two years after its end a letter forgets who wrote it; the archives do not."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cadres.models import AuditEntry
from cadres.models.encrypted import WrongKey, open_bytes, seal_bytes
from tests.factories import MatterFactory, VisitFactory
from tests.factories.files import PDF, docx
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import take
from visits.actions.ask_about_data import answer_data_request, ask_about_data
from visits.actions.attach_file import Sent, attach_file
from visits.actions.correct_letter import correct_people, look_to_correct
from visits.actions.link_letters import link_letters
from visits.actions.mask_identity import mask_identities
from visits.actions.open_identity import open_identity
from visits.actions.register_letter import Identity
from visits.actions.report_pressure import report_pressure
from visits.actions.rotate_keys import COLUMNS
from visits.actions.sweep_files import sweep_files
from visits.models import ArchiveCopy, Attachment, Letter, MatterEvent, file_store
from visits.operate.archive import read_package, ring
from visits.reports.identity_masks import letters_to_mask
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
NAMES = ("李测试", "13800002207", "环城街道测试小区3号楼", "王旧名", "13800009999")


def key(seed):
    return f"1:{base64.b64encode(bytes([seed]) * 32).decode()}"


@pytest.fixture
def world(js, settings, files_dir):
    settings.ARCHIVE_KEYS = [key(7)]
    return LetterWorld(js)


def archived(world, **fields) -> Letter:
    """One that ended long ago, with something of who wrote in every corner."""
    past = world.now - timedelta(days=900)
    letter = world.letter(
        now=past,
        request="李测试反映水压不足",
        facts="请回电13800002207，李测试。",
        petitioners=[Identity("王旧名", "环城街道测试小区3号楼", "13800009999")],
        **fields,
    )
    letter = take(letter, Step.GUIDE, world.petition, now=past, where_to="告知李测试")
    look_to_correct(letter, by=world.petition, reason="名字写错", now=world.now)
    letter = correct_people(
        letter,
        by=world.petition,
        version=letter.version,
        reasons="名字写错",
        people=[Identity("李测试", "环城街道测试小区3号楼", "13800002207")],
        now=world.now,
    )
    for content, shows in ((PDF, True), (docx(), False)):
        attach_file(
            letter,
            by=world.petition,
            file=Sent("李测试.pdf" if shows else "通知.docx", content),
            client_key=uuid.uuid4(),
            shows_identity=shows,
            now=world.now,
        )
    asked = ask_about_data(
        letter, kind="correct", asker="self", text="李测试的门牌", now=world.now
    )
    answer_data_request(
        asked, by=world.petition, outcome="granted", reasons="已改", now=world.now
    )
    matter = MatterFactory(
        stop=VisitFactory(places=[world.place]).stops.get(),
        letter=letter,
        state="withdrawn",
    )
    said = MatterEvent(
        matter=matter, step="hear_paper", to_state="settled", by=world.clerk,
        on=world.now.date(), acted_as="overseer",
    )  # fmt: skip
    said.keep_witness("李测试")
    said.save()
    return take(letter, Step.ARCHIVE, world.petition)


def where_it_stands(words):
    """Tables with one of the words in clear, and columns that open to one of them."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("visits_"):
                likes = " OR ".join("t::text LIKE %s" for _word in words)
                cursor.execute(
                    f"SELECT count(*) FROM {table} t WHERE {likes}",
                    [f"%{word}%" for word in words],
                )
                if cursor.fetchone()[0]:
                    found.add(table)
    for column in COLUMNS:
        rows = column.model._default_manager.exclude(**{column.field: None})
        for sealed, seal_id in rows.values_list(column.field, column.seal_id):
            plain = open_bytes(bytes(sealed), f"{column.purpose}/{seal_id}").decode()
            if any(word in plain for word in words):
                found.add(f"{column.model.__name__}.{column.field}")
    return found


def test_a_letter_forgets_who_wrote_it_when_the_archives_have_it(
    world, client, tmp_path, english, settings
):
    letter, now = archived(world), timezone.now()
    full = where_it_stands(NAMES)
    assert full >= {
        "visits_letter", "visits_letterevent", "Petitioner.identity",
        "LetterEvent.sealed_record", "Attachment.sealed_name",
        "DataRequest.sealed_text", "MatterEvent.sealed_witness",
    }  # fmt: skip
    world.petition.language = "en"
    world.petition.save(update_fields=["language"])
    client.force_login(world.petition)
    page = reverse("visits:identity_masks")
    assert page in client.get(reverse("visits:letter_list")).content.decode()
    assert "No archive copy yet" in client.get(page).content.decode()

    # Neither without a copy, nor with one that nobody has acknowledged.
    assert mask_identities(now=now) == 0
    folder = tmp_path / "archive"
    settings.ARCHIVE_KEYS = settings.IDENTITY_KEYS
    with pytest.raises(CommandError, match="a key of its own"):
        call_command("archive_letters", folder)
    settings.ARCHIVE_KEYS = [key(7)]
    call_command("archive_letters", folder)
    call_command("archive_letters", folder)
    (copy,) = ArchiveCopy.objects.all()
    package = folder / copy.name
    whole = package.read_bytes()
    assert "Made, not proved yet" in client.get(page).content.decode()
    assert client.post(page, {"receipt": "A-1", "copy": copy.pk}).status_code == 422
    package.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(CommandError, match="is not what was written"):
        call_command("verify_archive", folder)
    package.write_bytes(whole)
    call_command("verify_archive", folder)
    assert mask_identities(now=now) == 0
    assert client.post(page, {"receipt": "", "copy": copy.pk}).status_code == 422
    client.post(page, {"receipt": "档2026-17", "copy": copy.pk})
    assert "With the archives" in client.get(page).content.decode()

    assert mask_identities(now=now) == 1
    assert mask_identities(now=now) == 0

    assert where_it_stands(NAMES) == set()
    letter.refresh_from_db()
    assert (letter.request, letter.facts) == ("李某反映水压不足", "请回电****，李某。")
    assert "李测试" not in letter.search_text
    files = letter.attachments.order_by("pk")
    assert [it.state for it in files] == ["archived", files[1].state]
    assert files[1].name() == "通知.docx"
    # The bytes stay a day for a backup that is being made.
    gone = file_store.path_of(files[0].key)
    assert sweep_files(now=now + timedelta(hours=20)) == 0
    assert sweep_files(now=now + timedelta(hours=25)) == 1
    assert not gone.exists()
    assert file_store.path_of(files[1].key).exists()

    texts, _sums = read_package(package, ring())
    assert texts["petitioners"][0]["contact"] == "13800002207"
    assert texts["letter"]["request"] == "李测试反映水压不足"
    assert {it["name"] for it in texts["files"]} == {"李测试.pdf", "通知.docx"}

    event = letter.events.get(step=Step.MASK_IDENTITY)
    assert (event.by, event.at) == (None, now)
    entry = AuditEntry.objects.get(act="mask_identity")
    assert (entry.object_type, entry.object_key) == ("visits.letter", str(letter.pk))
    shown = client.get(letter.get_absolute_url()).content.decode()
    assert "李某" in shown
    assert "Who wrote is masked" in shown
    assert "档2026-17" in shown
    assert "kept in the archive copy alone" in shown
    with pytest.raises(ValidationError) as refusal:
        open_identity(letter, by=world.petition, reason="查看", now=now)
    assert refusal.value.code == "masked"
    for table, change in (
        ("visits_petitioner", "identity = 'x'"),
        ("visits_letter", "masked_at = NULL"),
        ("visits_letterevent", "record = '{}'"),
        ("visits_attachment", "state = 'clean'"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            run(f"UPDATE {table} SET {change}")


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('grassroots.mask', 'on', true)")
        cursor.execute(statement)


def link(world, letter):
    other = world.letter()
    link_letters(
        other,
        by=world.petition,
        other=letter,
        kind="repeated",
        reason="同一事项",
        now=world.now,
    )


def split_off(world, letter):
    Letter.objects.filter(pk=world.letter().pk).update(split_from=letter)


def ask(world, letter):
    ask_about_data(letter, kind="see", asker="self", text="", now=world.now)


def raise_matter(world, letter):
    stop = VisitFactory(places=[world.place]).stops.get()
    MatterFactory(stop=stop, letter=letter, state="settled")


OPENERS = (
    link,
    split_off,
    ask,
    raise_matter,
    lambda world, letter: report_pressure(text="被威胁", letter=letter, now=world.now),
    lambda world, letter: letter.holds.create(
        leader=world.official(),
        started_on=world.now.date(),
        plan="再看",
        due_on=world.now.date(),
        first_due_on=world.now.date(),
        named_by=world.petition,
    ),
    lambda world, letter: Letter.objects.filter(pk=letter.pk).update(
        withdrawal_by=world.clerk
    ),
)


def test_what_is_open_about_a_letter_keeps_it_from_being_masked(world, client):
    letter = archived(world)
    today = world.now.date()
    long_ago = letter.ended_on

    def due(until=today):
        return list(letters_to_mask(Letter.objects.all(), until=until))

    assert due() == due(long_ago) == [letter]
    assert due(long_ago - timedelta(days=1)) == []
    for opener in OPENERS:
        save = transaction.savepoint()
        opener(world, letter)
        assert due() == [], opener
        transaction.savepoint_rollback(save)
    assert due() == [letter]

    client.force_login(world.petition)
    page = reverse("visits:identity_masks")
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        assert len(client.get(page).context["rows"]) == 1
    for _more in range(2):
        other = Letter.objects.filter(pk=world.letter().pk)
        other.update(state="archived", ended_on=long_ago)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(page).context["rows"]) == 3
    assert len(three) == len(one)

    # In the database's own words, too: evidence stays, and nothing without a copy.
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(masked_at=timezone.now())
    assert Attachment.objects.filter(state="archived").count() == 0


def test_a_letter_that_does_not_open_keeps_no_other_from_being_masked(
    world, client, tmp_path
):
    broken, whole = archived(world), archived(world)
    folder = tmp_path / "archive"
    call_command("archive_letters", folder)
    call_command("verify_archive", folder)
    client.force_login(world.petition)
    for copy in ArchiveCopy.objects.all():
        page = reverse("visits:identity_masks")
        client.post(page, {"receipt": "档2026-18", "copy": copy.pk})
    broken.petitioners.update(identity=seal_bytes(b"{}", "of another"))

    with pytest.raises(WrongKey, match=str(broken.pk)):
        mask_identities(now=timezone.now())

    masked = Letter.objects.filter(masked_at__isnull=False)
    assert list(masked) == [whole]
