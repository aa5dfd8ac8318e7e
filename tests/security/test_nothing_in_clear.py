"""A dump, the logs, sessions, caches and addresses tell nobody's name (threat model d)."""

import io
import logging
import re
import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from cadres.models import Session
from tests.factories.files import PDF
from tests.factories.intake import reception_data, register_data, rows
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import take
from visits.actions.register_letter import Identity
from visits.models import Letter
from visits.models.receipt import hash_of
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
NAME, PHONE, ADDRESS = "欧阳秘密", "13911112222", "云龙湖畔隐居小区九号"
TEXT = "反映某局长收好处费的经过"
PRESSURE = "夜里有人来家里威胁"
CODE = "ABCD2345"
WANTED = "云龙湖畔溺水"  # what someone looked for
PLANTED = (NAME, PHONE, ADDRESS, TEXT, PRESSURE, CODE, WANTED)


@pytest.fixture
def logged():
    """All that any logger says, at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def dump() -> str:
    """Every table as text, as `pg_dump` writes it; bytes as text, too."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                parts.append(f"{table}\n" + b"".join(map(bytes, rows)).decode())
    text = "\n".join(parts)
    in_hex = re.findall(r"\\\\x([0-9a-f]+)", text)
    as_bytes = (bytes.fromhex(it).decode(errors="ignore") for it in in_hex)
    # Sessions are signed and packed, which hides nothing from who has the dump.
    sessions = (str(it.get_decoded()) for it in Session.objects.all())
    return "\n".join((text, *as_bytes, *sessions))


def found_in(text) -> list[str]:
    return [word for word in PLANTED if word in text]


def test_the_dump_would_show_what_is_in_clear(js):
    world = LetterWorld(js)
    world.letter(request="路灯不亮")

    assert "路灯不亮" in dump()


def run_through(client_of, client, world):
    """From the receipt to the looks, through the pages; yields every answer."""
    sealed = world.sealed(
        request=TEXT,
        facts=TEXT,
        is_urgent=True,
        urgent_reason=TEXT,
        petitioners=[identity()],
    )
    plain = world.answered(petitioners=[identity()])
    for letter in (sealed, plain):
        letter.code_hash = hash_of(letter.reference, CODE)
        letter.save(update_fields=["code_hash"])
    sealer, organ = client_of(world.sealer), client_of(world.reader_above)
    args = [sealed.reference]
    typed = {"reason": "核实", "with_identity": "on"}
    page = sealer.post(reverse("visits:sealed_open", args=args), typed)
    assert NAME in page.content.decode()  # shown, in this one answer
    yield sealer.post(
        reverse("visits:seal_transfer_ask", args=args),
        {"to_unit": world.discipline.name, "reasons": TEXT},
    )
    yield client.post(
        reverse("visits:lookup"), {"reference": plain.reference, "code": CODE}
    )
    yield client.post(reverse("visits:lookup_rate"), {"unit_grade": "1"})
    yield client.post(reverse("visits:lookup_pressure"), {"text": PRESSURE})
    yield client.post(reverse("visits:lookup_pressure"), {"text": PRESSURE * 900})
    yield client.post(
        reverse("visits:lookup"), {"reference": plain.reference, "code": NAME}
    )
    yield from desk(client_of, world)
    yield organ.get(reverse("visits:pressure_list"))
    yield sealer.get(reverse("visits:sealed_list"))
    yield client_of(world.auditor).get(reverse("visits:access_list"))


def desk(client_of, world):
    """Taking in, scanning, printing, searching and opening, as an office does it."""
    clerk, office = client_of(world.clerk), client_of(world.petition)
    who = {"name": NAME, "contact": PHONE, "address": ADDRESS, "kind": "person"}
    plain = register_data(world.office, world.place) | rows("petitioners", who)
    hidden = {"request": TEXT, "facts": TEXT, "complains_about_someone": "on"}
    register = reverse("visits:letter_register")
    for typed in (plain, plain | hidden | {"client_key": uuid.uuid4()}):
        yield clerk.post(register, typed)
    yield clerk.get(register)
    yield clerk.post(register, plain | {"request": "", "client_key": uuid.uuid4()})
    letter = Letter.objects.unsealed().order_by("-pk")[0]
    assert letter.petitioners.get().read()["name"] == NAME
    args = [letter.reference]
    yield clerk.get(reverse("visits:letter_receipt", args=args))
    new_code = reverse("visits:letter_new_code", args=args)
    yield clerk.post(new_code, {"reason": "回执遗失"})
    yield office.post(reverse("visits:letter_paper", args=[*args, "receipt"]))
    row = reception_data(world.clerk, world.office, world.place)
    row |= {"name": NAME, "contact": PHONE}
    for typed in (row, row | hidden | {"client_key": uuid.uuid4()}):
        answer = clerk.post(reverse("visits:letter_reception_row"), typed)
        assert answer.status_code < 400
        yield answer
    scan = SimpleUploadedFile(f"{NAME}的信.pdf", PDF + NAME.encode() + b"%%EOF")
    sent = {"files": scan, "client_key": uuid.uuid4()}
    yield clerk.post(reverse("visits:letter_files", args=args), sent)
    reason = {"reason": "电话核实"}
    yield office.post(reverse("visits:letter_files_open", args=args), reason)
    page = office.post(reverse("visits:letter_open_identity", args=args), reason)
    assert NAME in office.get(page.url).content.decode()
    file = reverse("visits:letter_file", args=[*args, letter.attachments.get().key])
    assert NAME in office.get(file).content.decode()
    yield office.post(reverse("visits:letter_search"), {"q": WANTED})
    refused = take(letter, Step.GUIDE, world.petition)
    assert refused.state == "guided"


def identity():
    return Identity(NAME, ADDRESS, PHONE)


def test_nothing_planted_is_in_clear_anywhere(client_of, client, js, logged, files_dir):
    world = LetterWorld(js)
    for response in run_through(client_of, client, world):
        assert found_in(str(dict(response.headers.items()))) == []
        assert found_in(str(response.request["PATH_INFO"])) == []
        assert found_in(str(response.request["QUERY_STRING"])) == []

    on_disk = b"".join(it.read_bytes() for it in files_dir.rglob("*") if it.is_file())
    assert on_disk and found_in(on_disk.decode(errors="ignore")) == []
    text = dump()
    assert "letter_searches" in text
    assert "visits_petitioner" in text and "cadres_session" in text
    assert "django_cache" in text
    assert found_in(text) == []
    # SQL statements with their values are logged by Django in DEBUG alone.
    lines = [it for it in logged.getvalue().splitlines() if "django.db" not in it]
    assert found_in("\n".join(lines)) == []


def test_an_error_tells_neither_what_was_typed_nor_local_names(
    client, js, logged, monkeypatch, settings
):
    settings.DEBUG = False
    client.raise_request_exception = False

    def breaks(**arguments):
        raise RuntimeError("broken")

    monkeypatch.setattr("visits.views.lookup.look_up_letter", breaks)
    typed = {"reference": "ABCD2345", "code": NAME}
    response = client.post(reverse("visits:lookup"), typed)

    assert response.status_code == 500
    assert "broken" not in response.content.decode()
    assert "RuntimeError: broken" in logged.getvalue()
    assert found_in(logged.getvalue()) == []


def test_errors_are_mailed_to_nobody_and_show_no_page_of_locals():
    assert settings.DEBUG is False
    assert not settings.ADMINS
    handlers = settings.LOGGING["handlers"].values()
    assert {it["class"] for it in handlers} == {"logging.StreamHandler"}
    django = logging.getLogger("django")
    mailing = [it for it in django.handlers if "AdminEmail" in type(it).__name__]
    assert mailing == []
    # Django's own loggers hold no handler of their own that could print a request.
    assert settings.LOGGING["root"]["level"] == "INFO"
