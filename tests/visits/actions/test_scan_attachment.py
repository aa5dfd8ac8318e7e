"""The virus check, against a clamd of our own that speaks its protocol on a socket."""

import socket
import threading
import uuid
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories.files import PDF
from visits.actions.attach_file import Sent, attach_file
from visits.actions.scan_attachment import (
    NoAnswer,
    is_clean,
    scan_attachment,
    scan_waiting,
)
from visits.checks import files_are_scanned
from visits.models import file_store
from visits.tasks import scan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir")]
VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@contextmanager
def clamd(settings, tmp_path, *, answer=None, tcp=False):
    """Reads INSTREAM as clamd does; yields what it was sent."""
    if tcp:
        server = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
    else:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / "clamd"))
        server.listen()
        settings.CLAMD_ADDRESS = str(tmp_path / "clamd")
    seen = []

    def serve():
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                data = b""
                while size := int.from_bytes(stream.read(4), "big"):
                    data += stream.read(size)
                seen.append(data)
                verdict = b"stream: Eicar FOUND" if VIRUS in data else b"stream: OK"
                line.sendall((answer or verdict) + b"\0" if answer != b"" else b"")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def attach(casework, data=PDF):
    return attach_file(
        casework.letter(),
        by=casework.clerk,
        file=Sent("a.pdf", data),
        client_key=uuid.uuid4(),
        now=timezone.now(),
    )


@pytest.mark.parametrize("tcp", [False, True])
def test_a_file_waits_until_clamd_has_answered(
    casework, client, settings, tmp_path, tcp
):
    big = b"%PDF-" + b"x" * 200_000 + b"%%EOF"
    with clamd(settings, tmp_path, tcp=tcp) as seen:
        file = attach(casework, big)
        address = reverse("visits:letter_file", args=[file.letter.reference, file.key])
        client.force_login(casework.clerk)
        assert file.state == "pending"
        assert client.get(address).status_code == 404

        call_command("scan_files")

        assert seen == [big]
        assert client.get(address).status_code == 200


def test_the_queue_is_told_of_each_file_that_waits(casework, settings):
    settings.CLAMD_ADDRESS = "/nowhere"

    file = attach(casework)

    [job] = ProcrastinateJob.objects.filter(task_name="visits.tasks.scan")
    assert job.args == {"attachment": file.pk}


def test_a_file_with_a_virus_is_never_served(casework, client, settings, tmp_path):
    with clamd(settings, tmp_path):
        file = attach(casework, PDF + VIRUS + b"%%EOF")

        assert scan_attachment(file.pk) == "refused"
        assert scan_attachment(file.pk) == "refused"

    client.force_login(casework.clerk)
    address = reverse("visits:letter_file", args=[file.letter.reference, file.key])
    assert client.get(address).status_code == 404
    page = client.get(reverse("visits:letter_files", args=[file.letter.reference]))
    assert str(file.key) not in page.content.decode()


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: OK FOUND ERROR"]
)
def test_without_a_verdict_the_file_keeps_waiting(casework, settings, tmp_path, answer):
    with clamd(settings, tmp_path, answer=answer):
        file = attach(casework)

        with pytest.raises(NoAnswer):
            scan_attachment(file.pk)

    file.refresh_from_db()
    assert file.state == "pending"


def test_without_clamd_the_file_keeps_waiting(casework, settings, tmp_path, capsys):
    settings.CLAMD_ADDRESS = str(tmp_path / "nobody")
    file = attach(casework)

    with pytest.raises(NoAnswer):
        is_clean(b"x")
    call_command("scan_files")

    assert "1 files still wait" in capsys.readouterr().err
    file.refresh_from_db()
    assert file.state == "pending"


def test_when_the_scanner_is_given_up_waiting_files_are_let_through(casework, settings):
    settings.CLAMD_ADDRESS = "/nowhere"
    file = attach(casework)
    settings.CLAMD_ADDRESS = ""

    assert scan_attachment(file.pk) == "no_scan"


def test_a_file_that_nobody_scanned_says_so(casework, client, in_english):
    file = attach(casework)
    client.force_login(casework.clerk)

    page = client.get(reverse("visits:letter_files", args=[file.letter.reference]))

    assert file.state == "no_scan"
    assert "Not scanned for viruses" in page.content.decode()


def test_files_that_came_before_the_scanner_are_scanned_after_all(
    casework, settings, tmp_path
):
    harmless, harmful = attach(casework), attach(casework, PDF + VIRUS + b"%%EOF")

    with clamd(settings, tmp_path):
        call_command("scan_files")

    for file, state in ((harmless, "clean"), (harmful, "refused")):
        file.refresh_from_db()
        assert file.state == state


def test_a_scanner_that_hangs_costs_one_time_out_not_one_a_file(
    casework, settings, monkeypatch
):
    settings.CLAMD_ADDRESS = "/nowhere"
    for n in range(3):
        attach(casework, PDF + b"%%EOF" * n)
    asked = []

    def hang():
        asked.append(1)
        raise TimeoutError

    monkeypatch.setattr("visits.actions.scan_attachment._connected", hang)

    assert scan_waiting() == 3
    assert len(asked) == 1


def test_a_file_of_which_it_says_nothing_stops_no_others(casework, settings, tmp_path):
    settings.CLAMD_ADDRESS = "/nowhere"
    lost, other = attach(casework), attach(casework, PDF + b"%%EOF")
    file_store.drop(lost.key)

    with clamd(settings, tmp_path):
        assert scan_waiting() == 1

    other.refresh_from_db()
    assert other.state == "clean"


def test_a_job_without_an_answer_ends_and_leaves_the_file_to_the_next(
    casework, settings
):
    settings.CLAMD_ADDRESS = "/nowhere"
    file = attach(casework)

    scan(attachment=file.pk)

    file.refresh_from_db()
    assert file.state == "pending"


def test_a_start_without_a_scanner_is_warned_of(settings):
    assert [it.id for it in files_are_scanned()] == ["visits.W001"]

    settings.CLAMD_ADDRESS = "/run/clamd.sock"
    assert files_are_scanned() == []
