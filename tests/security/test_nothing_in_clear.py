"""A dump, the logs, sessions, caches and addresses tell nobody's name (threat model d)."""

import io
import logging
import re

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from tests.factories.letter_world import LetterWorld
from visits.actions.register_letter import Identity
from visits.models.receipt import hash_of

pytestmark = pytest.mark.django_db
NAME, PHONE, ADDRESS = "欧阳秘密", "13911112222", "云龙湖畔隐居小区九号"
TEXT = "反映某局长收好处费的经过"
PRESSURE = "夜里有人来家里威胁"
CODE = "ABCD2345"
PLANTED = (NAME, PHONE, ADDRESS, TEXT, PRESSURE, CODE)


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
    return text + "\n".join(as_bytes)


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
    yield organ.get(reverse("visits:pressure_list"))
    yield sealer.get(reverse("visits:sealed_list"))
    yield client_of(world.auditor).get(reverse("visits:access_list"))


def identity():
    return Identity(NAME, ADDRESS, PHONE)


def test_nothing_planted_is_in_clear_anywhere(client_of, client, js, logged):
    world = LetterWorld(js)
    for response in run_through(client_of, client, world):
        assert found_in(str(dict(response.headers.items()))) == []
        assert found_in(str(response.request["PATH_INFO"])) == []
        assert found_in(str(response.request["QUERY_STRING"])) == []

    text = dump()
    assert "visits_petitioner" in text and "django_session" in text
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
