"""Pages of a letter's files: who may, what is shown, what is written down."""

import time
import uuid
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cadres.models import Setting
from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.files import PDF, archive, docx, picture, png_claiming
from tests.factories.intake import register_data
from tests.factories.letters import officer, take
from visits.actions.attach_file import Sent, attach_file
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.models import Access, Attachment, Letter, SealedHandler, file_store
from visits.rules.letter_states import Step
from visits.views import fresh_codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir", "english")]


def page_of(letter):
    return reverse("visits:letter_files", args=[letter.reference])


def file_of(file):
    return reverse("visits:letter_file", args=[file.letter.reference, file.key])


def attach(letter, by, data=PDF, *, name="李测试的信.pdf", minutes_ago=60, **fields):
    return attach_file(
        letter,
        by=by,
        file=Sent(name, data),
        client_key=uuid.uuid4(),
        now=timezone.now() - timedelta(minutes=minutes_ago),
        **fields,
    )


def look(client, letter, reason="核对来信"):
    address = reverse("visits:letter_files_open", args=[letter.reference])
    return client.post(address, {"reason": reason})


def send(client, letter, *files, **fields):
    data = {"files": [SimpleUploadedFile(n, d) for n, d in files]}
    data |= {"client_key": uuid.uuid4()} | fields
    return client.post(page_of(letter), data)


@pytest.fixture
def client_of(client_of):
    """Browsers that speak English."""

    def signed_in(account):
        client = client_of(account)
        client.cookies["django_language"] = "en"
        return client

    return signed_in


def test_a_scan_is_opened_by_reason_and_each_reading_is_on_record(casework, client_of):
    letter = casework.letter()
    file = attach(letter, casework.clerk)
    client = client_of(casework.petition)
    assert client.get(file_of(file)).status_code == 404
    page = client.get(page_of(letter)).content.decode()
    assert "李测试" not in page
    assert "File 1" in page

    assert look(client, letter, " ").status_code == 422
    assert not Access.objects.exists()
    assert look(client, letter).status_code == 302
    answer = client.get(file_of(file))

    assert answer.content == PDF
    assert "李测试" in client.get(page_of(letter)).content.decode()
    rows = Access.objects.order_by("pk").values_list("kind", "by", "reason")
    assert list(rows) == [
        ("identity", casework.petition.pk, "核对来信"),
        ("attachment", casework.petition.pk, "核对来信"),
    ]


def test_a_look_ends_after_a_quarter_of_an_hour(casework, client_of, monkeypatch):
    letter = casework.letter()
    file = attach(letter, casework.clerk)
    client = client_of(casework.petition)
    look(client, letter)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("visits.views.letter_files.timezone.now", lambda: later)

    assert client.get(file_of(file)).status_code == 404


def test_what_shows_no_name_is_read_by_all_who_work_on_it(casework, client_of):
    letter = casework.forwarded(keep_name_secret=True)
    file = attach(
        letter, casework.handler, picture(), name="井.jpg", shows_identity=False
    )

    for who in (casework.petition, casework.handler, casework.head):
        client = client_of(who)
        assert client.get(file_of(file)).status_code == 200
        assert "井.jpg" in client.get(page_of(letter)).content.decode()
    assert not Access.objects.exists()


def test_a_name_kept_secret_keeps_the_scans_from_the_unit(casework, client_of):
    letter = casework.letter(keep_name_secret=True)
    file = attach(letter, casework.clerk)
    letter = take(letter, Step.FORWARD, casework.petition, to_unit=casework.water)

    handler, office = client_of(casework.handler), client_of(casework.petition)
    assert look(handler, letter).status_code == 422
    assert "Open the files" not in handler.get(page_of(letter)).content.decode()
    assert handler.get(file_of(file)).status_code == 404
    assert look(office, letter).status_code == 302
    assert office.get(file_of(file)).status_code == 200


def test_who_added_a_file_may_look_whether_it_came_out_right(casework, client_of):
    letter = casework.letter()
    file = attach(letter, casework.clerk, minutes_ago=14)
    old = attach(letter, casework.clerk, PDF + b"%%EOF", minutes_ago=16)
    client = client_of(casework.clerk)

    assert client.get(file_of(file)).status_code == 200
    assert client.get(file_of(old)).status_code == 404
    assert [row.kind for row in Access.objects.all()] == ["attachment"]


def test_a_sealed_letter_gives_its_files_to_its_own_people_alone(casework, client_of):
    letter = casework.letter(complains_about_someone=True)
    marked = attach(letter, casework.sealer, shows_identity=False)
    scan = attach(letter, casework.sealer, PDF + b"%%EOF")
    named = officer(casework.office, Role.SEAL_OFFICER)
    outsiders = [casework.clerk, casework.petition, casework.handler, casework.far]
    for who in outsiders:
        client = client_of(who)
        assert look(client, letter).status_code == 404
        for address in (page_of(letter), file_of(marked), file_of(scan)):
            assert client.get(address).status_code == 404
    assert not Access.objects.exists()

    client = client_of(named)
    page = client.get(page_of(letter)).content.decode()
    assert (client.get(file_of(marked)).status_code, "李测试" in page) == (404, False)
    assert look(client, letter).status_code == 302
    assert client.get(file_of(marked)).status_code == 200
    assert client.get(file_of(scan)).status_code == 200
    kinds = Access.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["sealed", "identity", "attachment", "attachment"]


def test_the_clerk_adds_the_scan_of_an_accusation_and_sees_nothing(
    casework, client_of, js, monkeypatch
):
    clerk = client_of(casework.clerk)
    typed = register_data(casework.office, js.huancheng)
    clerk.post(
        reverse("visits:letter_register"), typed | {"complains_about_someone": "on"}
    )
    letter = Letter.objects.get()
    saved = clerk.get(reverse("visits:letter_register")).content.decode()
    assert page_of(letter) in saved

    assert send(clerk, letter, ("控告信.pdf", PDF)).status_code == 302
    file = letter.attachments.get()
    shown = clerk.get(page_of(letter)).content.decode()
    assert page_of(letter) in shown and "File 1" not in shown and "控告" not in shown
    assert clerk.get(file_of(file)).status_code == 404
    assert look(clerk, letter).status_code == 404
    assert client_of(casework.petition).get(page_of(letter)).status_code == 404
    colleague = client_of(officer(casework.office, Role.CLERK))
    assert send(colleague, letter, ("x.pdf", PDF)).status_code == 404

    later = time.time() + fresh_codes.SECONDS + 1
    monkeypatch.setattr(fresh_codes.time, "time", lambda: later)
    assert clerk.get(page_of(letter)).status_code == 404
    assert send(clerk, letter, ("x.pdf", PDF + b" ")).status_code == 404


def test_a_clerk_adds_nothing_to_what_was_sealed_a_while_ago(casework):
    letter = casework.letter(complains_about_someone=True)
    attach(letter, casework.clerk, minutes_ago=-14)

    with pytest.raises(ValidationError):
        attach(letter, casework.clerk, PDF + b" ", minutes_ago=-16)


def test_files_of_a_letter_handed_on_are_closed_at_once(casework, client_of, js):
    letter = casework.letter(named_units=[casework.water])
    file = attach(letter, casework.sealer, shows_identity=False)
    organ = UnitFactory(place=js.xuzhou, kind="discipline")
    officer(organ, Role.SEAL_OFFICER)
    client = client_of(casework.sealer)
    look(client, letter)
    assert client.get(file_of(file)).status_code == 200
    now = timezone.localtime()
    transfer = ask_transfer(
        letter, by=casework.sealer, to_unit=organ, reasons="属", now=now
    )
    other = officer(casework.office, Role.SEAL_OFFICER)
    confirm_transfer(transfer, by=other, now=now)

    assert client.get(file_of(file)).status_code == 404


def test_a_named_handler_of_a_sealed_letter_reads_what_shows_no_name(
    casework, client_of
):
    letter = casework.letter(complains_about_someone=True)
    marked = attach(letter, casework.sealer, shows_identity=False)
    scan = attach(letter, casework.sealer, PDF + b"%%EOF")
    who = officer(casework.other_unit, Role.HANDLER)
    SealedHandler.objects.create(letter=letter, account=who, named_by=casework.sealer)
    client = client_of(who)

    assert look(client, letter).status_code == 302

    assert client.get(file_of(marked)).status_code == 200
    assert client.get(file_of(scan)).status_code == 404


def test_access_ends_with_the_letter_leaving_ones_hands(casework, client_of):
    letter = casework.forwarded()
    file = attach(letter, casework.handler, shows_identity=False)
    client = client_of(casework.handler)
    assert client.get(file_of(file)).status_code == 200
    letter = take(letter, Step.OBJECT, casework.handler)
    take(letter, Step.AGREE, casework.petition)

    assert client.get(file_of(file)).status_code == 404
    assert client.get(page_of(letter)).status_code == 404


@pytest.mark.parametrize("role", ["stranger", "far", "sealer"])
def test_strangers_find_nothing(casework, client_of, role):
    letter = casework.forwarded()
    file = attach(letter, casework.handler, shows_identity=False)
    client = client_of(getattr(casework, role))

    for address in (page_of(letter), file_of(file)):
        assert client.get(address).status_code == 404
    assert send(client, letter, ("a.txt", b"hi")).status_code == 404
    assert look(client, letter).status_code == 404


def test_a_file_is_found_with_its_own_letter_only(casework, client_of):
    letter, other = casework.letter(), casework.letter()
    file = attach(letter, casework.clerk, shows_identity=False)
    client = client_of(casework.petition)
    address = reverse("visits:letter_file", args=[other.reference, file.key])

    assert client.get(address).status_code == 404
    random = reverse("visits:letter_file", args=[letter.reference, uuid.uuid4()])
    assert client.get(random).status_code == 404


def test_a_file_is_only_ever_a_download(casework, client_of):
    file = attach(
        casework.letter(),
        casework.clerk,
        b"<script>alert(1)</script>",
        name='王"的\r\n信.html',
        shows_identity=False,
    )
    answer = client_of(casework.petition).get(file_of(file))

    head = answer.headers
    assert head["Content-Type"] == "text/plain; charset=utf-8"
    assert head["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert unquote(head["Content-Disposition"]).endswith("王_的信.txt")
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert {"private", "no-store"} <= set(head["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-4", 206, 0, 5),
        ("bytes=-6", 206, len(PDF) - 6, len(PDF)),
        (f"bytes={len(PDF)}-", 416, 0, 0),
        ("bytes=0-1,3-4", 200, 0, len(PDF)),
        ("nonsense", 200, 0, len(PDF)),
    ],
)
def test_parts_of_a_file_can_be_asked_for(
    casework, client_of, asked, status, start, end
):
    file = attach(casework.letter(), casework.clerk, shows_identity=False)
    client = client_of(casework.petition)

    answer = client.get(file_of(file), headers={"range": asked})

    assert (answer.status_code, answer.content) == (status, PDF[start:end])
    span = {206: f"bytes {start}-{end - 1}/{len(PDF)}", 416: f"bytes */{len(PDF)}"}
    assert answer.headers.get("Content-Range") == span.get(status)


def test_several_files_are_sent_at_once_and_the_bad_ones_named(casework, client_of):
    letter = casework.letter()
    client = client_of(casework.clerk)

    answer = send(
        client,
        letter,
        ("好.pdf", PDF),
        ("空.pdf", b""),
        ("巨.png", png_claiming(40_000, 40_000)),
        ("图.jpg", picture()),
        shows_no_identity="on",
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "空.pdf: The file is empty." in text
    assert "巨.png: The picture has too many pixels" in text
    kept = letter.attachments.order_by("pk")
    assert [(f.name(), f.shows_identity) for f in kept] == [
        ("好.pdf", False),
        ("图.jpg", False),
    ]


def test_after_a_hostile_file_the_next_one_is_kept(casework, client_of):
    letter = casework.letter()
    client = client_of(casework.clerk)
    packed = archive({"word/media/a": bytes(3000)}, docx(), zipfile.ZIP_LZMA)

    answer = send(
        client,
        letter,
        ("怪.docx", packed),
        ("炸.docx", archive({"word/media/a": bytes(60 * 2**20)}, docx())),
        ("好.pdf", PDF),
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "怪.docx: The file is damaged." in text
    assert "炸.docx: Unpacked, this file would be too large." in text
    assert [it.name() for it in letter.attachments.all()] == ["好.pdf"]


@pytest.mark.parametrize(
    ("name", "data", "kept", "kind"),
    [
        ("图.svg", b"<svg onload='alert(1)'/>", "图.txt", "text/plain; charset=utf-8"),
        ("表.csv", b"=cmd|'/c calc'!A1,1", "表.txt", "text/plain; charset=utf-8"),
        (
            "页.html",
            PDF.replace(b"1.4\n", b"1.4\n<html><script>alert(1)</script>\n"),
            "页.pdf",
            "application/pdf",
        ),
    ],
)
def test_what_a_browser_might_run_is_a_download_under_another_name(
    casework, client_of, name, data, kept, kind
):
    letter = casework.letter()
    client = client_of(casework.clerk)
    send(client, letter, (name, data))

    answer = client.get(file_of(letter.attachments.get()))

    assert (
        unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''{kept}"
    )
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_form_sent_again_keeps_nothing_twice(casework, client_of):
    letter, key = casework.letter(), uuid.uuid4()
    client = client_of(casework.clerk)

    for _n in range(2):
        answer = send(client, letter, ("a.pdf", PDF), client_key=key)
        assert answer.status_code == 302

    assert letter.attachments.count() == 1


@pytest.mark.parametrize("fields", [{}, {"client_key": "x"}, {"files": ""}])
def test_a_form_without_files_says_so(casework, client_of, fields):
    letter = casework.letter()

    answer = client_of(casework.clerk).post(page_of(letter), fields)

    assert answer.status_code == 422
    assert not Attachment.objects.exists()


def test_a_large_file_is_refused_by_the_limit(casework, client_of):
    Setting.objects.create(name="files.max_mb", value=1)
    letter = casework.letter()

    answer = send(client_of(casework.clerk), letter, ("a.pdf", PDF + bytes(2**20)))

    assert "A file has at most 1 MB." in answer.content.decode()


def test_nothing_is_written_to_a_temporary_folder(casework, client_of, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("a file in clear was about to be written")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", never)
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", never)
    letter = casework.letter()

    big = b"%PDF-" + bytes(5 * 2**20) + b"%%EOF"
    assert send(client_of(casework.clerk), letter, ("a.pdf", big)).status_code == 302


def test_a_lost_file_is_said_to_be_lost(casework, client_of):
    file = attach(casework.letter(), casework.clerk, shows_identity=False)
    file_store.drop(file.key)

    answer = client_of(casework.petition).get(file_of(file))

    assert answer.status_code == 503
    assert not Access.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    casework, client_of, count, django_assert_num_queries
):
    letter = casework.letter()
    for n in range(count):
        attach(letter, casework.clerk, PDF + b"%%EOF" * n)
    client = client_of(casework.petition)
    client.get(page_of(letter))

    with django_assert_num_queries(11):
        client.get(page_of(letter))
