"""Garbage, thrown at every form around letters: never a 5xx.

The forms are those that the pages show: a new page is tried by itself.
"""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cadres.models import Account
from cadres.rules.roles import Role
from tests.addresses import NOBODY
from tests.letter_addresses import ADDRESSES, MORE
from tests.visits.views.sheets import forms_of
from tests.visits.views.test_hostile_input import GARBAGE
from visits.models import Letter
from visits.reports.letter_steps import actors, offers_for
from visits.views.lookup import KEPT, SIGNER

pytestmark = pytest.mark.django_db
MORE_GARBAGE = [
    *GARBAGE,
    "0000-00-00",
    "2026-11-29T10:00",
    "1e309",
    "NaN",
    "[]",
    "{}",
    "../../etc/passwd",
    "长" * 300,
    "00000000-0000-0000-0000-000000000000",
    "reference:1",
    "A" * 8,
]
FILES = [b"", b"\x00", b"PK\x03\x04" + b"\xff" * 40, b"\x89PNG\r\n\x1a\n", b"%PDF-"]
WORKERS = (
    Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.REVIEW_OFFICER,
    Role.LEADER,
)  # fmt: skip
LETTERS = ("letter", "forwarded", "handled", "reviewed", "sealed")
# Each part of the work on letters has its forms tried.
PARTS = (
    "/register/", "/reception/", "/forward/", "/accept/", "/answer/", "/review/",
    "/split/", "/links/", "/hold/", "/named/", "/transfer/", "/files/", "/pressure/",
    "/lookup/", "/papers/", "/clock", "/correction/", "/identity/", "/recusal/",
)  # fmt: skip
# What scripts and not forms send, or what no page of these tests shows.
ASKED = {
    Role.CLERK: {
        "visits:letter_reception_row": (
            "typed_by office received_on channel place place_id subject name contact "
            "address request facts people representatives queue_number official "
            "official_id unit unit_id client_key identity_document external_ref"
        ),
        "visits:letter_hints": "request place_id subject category",
        "visits:letter_official_pick": "q",
        "visits:letter_unit_pick": "q",
    },
    Role.PETITION_OFFICER: {
        "visits:letter_search": "q kept",
        "visits:letter_forward": "letter send to_unit to_unit_id reasons",
    },
    Role.DISTRICT_ADMIN: {
        "visits:clock_rule_enter": (
            "where jurisdiction jurisdiction_id clock days mode valid_from basis told"
        ),
    },
}


@pytest.fixture
def browsers(world):
    found = {NOBODY: Client()}
    for role, account in world.accounts.items():
        found[role] = Client()
        found[role].force_login(account)
    for browser in found.values():
        browser.raise_request_exception = False
    session = found[NOBODY].session
    letter = Letter.objects.get(reference=world.things["handled"])
    session[KEPT] = SIGNER.sign(str(letter.pk))
    session.save()
    return found


def pages(world):
    """Every page around letters and every step of each letter, with who opens it."""
    for name, address in [*ADDRESSES.items(), *MORE]:
        for role in address.roles:
            yield role, world.url(name, address)
    for name in ("lookup_matter", "lookup_pressure"):
        yield NOBODY, reverse(f"visits:{name}")
    for thing in LETTERS:
        letter = Letter.objects.get(reference=world.things[thing])
        for role in WORKERS:
            worker = Account.objects.get(pk=world.accounts[role].pk)
            for offer in offers_for(letter, actors(letter, worker)):
                args = [letter.reference, offer.step]
                yield role, reverse("visits:letter_step", args=args)


def forms(world, browsers):
    """Role, address and fields of every form; of one that comes twice, the first."""
    found = {}
    for role, url in pages(world):
        response = browsers[role].get(url)
        if response.status_code != 200:
            continue
        for action, sent in forms_of(response):
            if "/accounts/" not in action and "/i18n/" not in action:
                found.setdefault((role, action or url), sent)
    for role, addresses in ASKED.items():
        for name, fields in addresses.items():
            found[role, reverse(name)] = dict.fromkeys(fields.split(), "1")
    return found


def spoil(chance, sent):
    """Some fields replaced, taken away or doubled; files among them."""
    sent = dict(sent)
    names = sorted(sent)
    for name in chance.sample(names, chance.randint(1, min(len(names), 5))):
        kind = chance.random()
        if kind < 0.1:
            del sent[name]
        elif kind < 0.2:
            sent[name] = chance.choices(MORE_GARBAGE, k=2)
        else:
            sent[name] = chance.choice(MORE_GARBAGE)
    for name in ("files", "file"):
        if name in sent:
            hostile = chance.choice(["a.docx", "..\\x.png", "\x01", "长" * 300])
            sent[name] = SimpleUploadedFile(hostile, chance.choice(FILES))
    return sent


def send(browser, url, sent):
    """What a form's answer is; what it did is undone, so that the next finds the page."""
    with transaction.atomic():
        status = browser.post(url, sent).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(it, marks=pytest.mark.long) for it in range(1, 4))]
)
def test_no_garbage_in_a_form_around_letters_is_a_server_error(world, browsers, seed):
    chance = random.Random(seed)
    broken = []
    found = forms(world, browsers)
    tried = {url for _role, url in found}
    assert [part for part in PARTS if not any(part in url for url in tried)] == []
    # The short run tries each second form once.
    asked = list(found.items())[:: 1 if seed else 2]
    for (role, url), fields in asked:
        for _n in range(2 if seed else 1):
            sent = spoil(chance, fields) if fields else {"x": "\x00"}
            if send(browsers[role], url, sent) >= 500:
                broken.append((role, url, sent))

    assert broken == []
