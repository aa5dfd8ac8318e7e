"""Files of letters: hostile ones, what is kept of them, where, and how often."""

import io
import stat
import threading
import uuid
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone, translation
from PIL import Image

from cadres.models import Setting
from cadres.models.encrypted import WrongKey
from tests.factories import small_jiangsu
from tests.factories.files import (
    PDF,
    docx,
    moving,
    picture,
    picture_with_place,
    png_claiming,
)
from tests.factories.letters import Caseworkers, take
from visits.actions.attach_file import Sent, attach_file
from visits.actions.rotate_files import rotate_files
from visits.actions.sweep_files import sweep_files
from visits.models import Attachment, file_store
from visits.rules.letter_states import Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir", "english")]


def attach(letter, by, data=PDF, name="来信.pdf", **fields):
    fields.setdefault("client_key", uuid.uuid4())
    sent = Sent(name, data)
    return attach_file(letter, by=by, file=sent, now=timezone.now(), **fields)


def refused(letter, by, data, name="a.pdf"):
    with pytest.raises(ValidationError) as refusal:
        attach(letter, by, data, name)
    assert not Attachment.objects.exists()
    assert list(file_store.everything()) == []
    return refusal.value.code


def test_a_file_is_kept_encrypted_under_a_random_name(casework, files_dir):
    data = PDF + b"% planted words\n%%EOF"

    file = attach(casework.letter(), casework.clerk, data, "李测试的信.pdf")

    file.refresh_from_db()
    path = file_store.path_of(file.key)
    assert path == files_dir / str(file.key)[:2] / str(file.key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"planted" not in path.read_bytes()
    assert "李测试" not in str(bytes(file.sealed_name))
    assert (file.name(), file.size, file.state) == (
        "李测试的信.pdf",
        len(data),
        "no_scan",
    )
    assert file_store.take(file.key) == data
    assert [p.name for p in file_store.everything()] == [str(file.key)]


def test_a_file_moved_to_another_name_does_not_open(casework):
    letter = casework.letter()
    one, two = (attach(letter, casework.clerk, PDF + b"%" * n) for n in (0, 1))

    file_store.path_of(one.key).replace(file_store.path_of(two.key))

    with pytest.raises(WrongKey):
        file_store.take(two.key)


def test_a_picture_loses_its_place_and_stands_upright(casework):
    data = picture_with_place(orientation=6)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)

    file = attach(casework.letter(), casework.clerk, data, "IMG_1.jpg")

    kept = file_store.take(file.key)
    image = Image.open(io.BytesIO(kept))
    assert image.size == (40, 60)  # turned by a quarter
    assert dict(image.getexif()) == {}
    assert b"Planted" not in kept
    assert b"planted comment" not in kept


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_a_picture_is_gone(casework, form):
    data = picture(form) + b"PK\x03\x04<script>alert(1)</script>"

    file = attach(casework.letter(), casework.clerk, data, "a.jpg")

    assert b"<script>" not in file_store.take(file.key)
    assert file.content_type == f"image/{form.lower()}"


def test_a_picture_that_takes_all_memory_is_refused(casework, monkeypatch):
    def full(*_args):
        raise MemoryError

    monkeypatch.setattr("visits.actions.clean_picture._drawn_anew", full)

    assert refused(casework.letter(), casework.clerk, picture()) == "pixels"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pictures_are_kept_whatever_language_is_spoken(casework, language):
    with translation.override(language):
        file = attach(casework.letter(), casework.clerk, picture(), "a.jpg")

    assert file.content_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_pictures_of_all_colours_are_kept(casework, mode):
    form = "TIFF" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (9, 9)).save(out, form)

    file = attach(casework.letter(), casework.clerk, out.getvalue())

    assert file.content_type == "image/png"
    assert Image.open(io.BytesIO(file_store.take(file.key))).size == (9, 9)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(png_claiming(40_000, 40_000), "pixels", id="40,000 px square"),
        pytest.param(png_claiming(40_000, 1), "pixels", id="40,000 px wide"),
        pytest.param(png_claiming(10_000, 10_000), "pixels", id="100 million"),
        pytest.param(
            picture("WEBP")[:12]
            + b"VP8X\x0a\0\0\0\0\0\0\0"
            + (16_382).to_bytes(3, "little") * 2
            + bytes(40),
            "pixels",
            id="webp",
        ),
        pytest.param(moving("GIF"), "moving", id="moving gif"),
        pytest.param(moving("PNG"), "moving", id="moving png"),
        pytest.param(moving("WEBP"), "moving", id="moving webp"),
        pytest.param(moving("TIFF"), "pages", id="pages"),
        pytest.param(picture()[:200], "damaged", id="cut off"),
        pytest.param(b"\xff\xd8\xff" + bytes(90), "damaged", id="no jpeg"),
        pytest.param(b"RIFF\0\0\0\0WEBP", "damaged", id="no webp"),
        pytest.param(b"GIF89a" + b"\xff" * 90, "damaged", id="no gif"),
        pytest.param(b"II*\x00" + b"\xff" * 90, "damaged", id="no tiff"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\0" * 90, "kind", id="zeros"),
    ],
)
def test_hostile_files_are_refused_and_leave_nothing(casework, data, code):
    assert refused(casework.letter(), casework.clerk, data) == code


def test_the_content_tells_what_a_file_is_not_its_name(casework):
    letter = casework.letter()

    page = attach(letter, casework.clerk, b"<html>hi", "../x\u202e/信.pdf")
    photo = attach(letter, casework.clerk, picture(), "photo.exe")

    assert (page.content_type, page.name()) == ("text/plain", "信.txt")
    assert (photo.content_type, photo.name()) == ("image/jpeg", "photo.jpg")


def test_sizes_and_numbers_are_limited_as_the_office_sets_them(casework):
    letter, by = casework.letter(), casework.clerk
    for name, value in [("files.max_mb", 1), ("files.letter_count", 3)]:
        Setting.objects.create(name=name, value=value)
    big = b"%PDF-" + bytes(2**20 - 12) + b"%%EOF"

    assert refused(letter, by, big + b"%%EOF" * 3) == "too_large"
    Setting.objects.create(name="files.letter_mb", value=1)
    attach(letter, by, big)
    with pytest.raises(ValidationError) as refusal:
        attach(letter, by, b"%PDF-" + bytes(100) + b"%%EOF")
    assert refusal.value.code == "no_room"
    Setting.objects.filter(name="files.letter_mb").update(value=5)
    attach(letter, by, b"one")
    attach(letter, by, b"two")
    with pytest.raises(ValidationError) as refusal:
        attach(letter, by, b"three")
    assert refusal.value.code == "full"
    assert len(list(file_store.everything())) == 3


def test_sent_twice_it_is_kept_once_and_only_for_oneself(casework):
    letter, key = casework.letter(), uuid.uuid4()

    first = attach(letter, casework.clerk, client_key=key)
    again = attach(letter, casework.clerk, client_key=key)
    theirs = attach(letter, casework.petition, client_key=key)
    more = attach(letter, casework.clerk, PDF + b"%%EOF", client_key=key)

    assert again == first
    assert len({first.pk, theirs.pk, more.pk}) == 3
    assert len(list(file_store.everything())) == 3


def test_who_may_add_files(casework):
    letter = casework.letter()
    attach(letter, casework.clerk)
    attach(letter, casework.petition)
    for who in (casework.handler, casework.stranger, casework.far, casework.sealer):
        with pytest.raises(ValidationError) as refusal:
            attach(letter, who)
        assert refusal.value.code == "not_yours"

    letter = take(letter, Step.FORWARD, casework.petition, to_unit=casework.water)

    attach(letter, casework.handler)
    attach(letter, casework.head)
    for who in (casework.clerk, casework.stranger, casework.far):
        with pytest.raises(ValidationError):
            attach(letter, who)


def test_a_full_disk_leaves_no_row(casework, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    letter = casework.letter()
    monkeypatch.setattr("visits.models.file_store.os.fsync", full)

    assert refused(letter, casework.clerk, PDF) == "store"


def test_the_sweep_takes_what_no_row_knows(casework):
    file = attach(casework.letter(), casework.clerk)
    orphan = uuid.uuid4()
    file_store.put(orphan, PDF)
    half = file_store.path_of(file.key).with_name(f"{orphan}.abcd.new")
    half.write_bytes(b"half")
    now = timezone.now()

    assert sweep_files(now=now) == 0  # an upload may be under way
    assert sweep_files(now=now + timedelta(minutes=61)) == 2

    assert [p.name for p in file_store.everything()] == [str(file.key)]
    assert file_store.take(file.key) == PDF


def test_a_new_key_seals_the_file_anew(casework, settings):
    file = attach(casework.letter(), casework.clerk, docx())
    plain = file_store.take(file.key)
    assert file_store.reseal(file.key) is None
    old = settings.IDENTITY_KEYS
    new = "77:" + "A" * 43 + "="

    settings.IDENTITY_KEYS = [new, *old]
    assert file_store.reseal(file.key)
    settings.IDENTITY_KEYS = [new]

    assert file_store.take(file.key) == plain


def test_rotation_reaches_the_files_and_sets_their_hashes_right(casework, settings):
    letter = casework.letter()
    files = [attach(letter, casework.clerk, PDF + b"%%EOF" * n) for n in range(3)]
    old, new = settings.IDENTITY_KEYS, "77:" + "A" * 43 + "="
    settings.IDENTITY_KEYS = [new, *old]
    file_store.reseal(files[0].key)  # a rotation that was killed before its row
    file_store.path_of(files[2].key).write_bytes(b"\1\0\7torn")

    done, failed = rotate_files()

    assert (done, failed) == (1, [files[2].pk])
    settings.IDENTITY_KEYS = [new]
    for file in files[:2]:
        file.refresh_from_db()
        sealed = file_store.path_of(file.key).read_bytes()
        assert file.sha256 == sha256(sealed).hexdigest()
        assert file_store.take(file.key)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_never_exceed_the_quota(transactional_db, files_dir):
    casework = Caseworkers(small_jiangsu())
    letter = casework.letter()
    Setting.objects.create(name="files.letter_count", value=1)
    answers, together = [], threading.Barrier(4)

    def upload(n):
        try:
            together.wait()
            attach(letter, casework.clerk, b"text %d" % n)
            answers.append("kept")
        except ValidationError as refusal:
            answers.append(refusal.code)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=upload, args=[n]) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(answers) == ["full", "full", "full", "kept"]
    assert Attachment.objects.count() == len(list(file_store.everything())) == 1


@pytest.mark.django_db(transaction=True)
def test_one_file_sent_six_times_at_once_is_kept_once(transactional_db, files_dir):
    casework = Caseworkers(small_jiangsu())
    letter, key = casework.letter(), uuid.uuid4()
    kept, together = [], threading.Barrier(6)

    def upload():
        try:
            together.wait()
            kept.append(attach(letter, casework.clerk, client_key=key).pk)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=upload) for _n in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(kept) == 6
    assert len(set(kept)) == Attachment.objects.count() == 1
    assert len(list(file_store.everything())) == 1
