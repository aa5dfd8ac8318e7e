"""Every address for every role: no page breaks, none answers a stranger."""

import random
import re
from urllib.parse import unquote, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from cadres.rules.roles import Role
from tests.addresses import ADDRESSES, NOBODY, names_of

pytestmark = pytest.mark.django_db
# Values that come from outside, each thrown at every parameter that some page reads.
HOSTILE = [
    "abc",
    "\x00",
    "-1",
    "0",
    "²",
    "9" * 30,
    str(2**63),
    "<script>alert(1)</script>",
    "'; drop table visits_visit; --",
    "%s%n{}{{7*7}}",
    "2026-02-30",
    "9999-W99",
    "0000-Q9",
    "长" * 2000,
    "😀𠮷",
    "\u202e",
]
FREE_TEXT = re.compile(rb"<textarea|<input[^>]* name=.(reasons?|purpose|note)\b")
REMINDER = ("严禁录入国家秘密。".encode(), b"Do not enter state secrets.")
PARAMETERS = [
    "after",
    "before",
    "older",
    "newer",
    "page",
    "place",
    "official",
    "unit",
    "action",
    "period",
    "week",
    "month",
    "view",
    "year",
    "region",
    "date",
    "q",
    "next",
    "show",
    "figure",
    "row",
    "rank",
    "state",
    "visit",
    "work",
    "order",
    "due",
    "list",
    "category",
    "subject",
    "search",
    "who",
    "kind",
    "first",
    "last",
    "odd",
    "near",
    "paper",
    "sample",
    "reference",
    "as",
    "day",
    "half",
    "last_half",
    "position",
    "back",
    "moved",
    "report",
    "filed",
]


def test_every_address_is_listed():
    assert sorted(ADDRESSES) == sorted(names_of())


@pytest.fixture
def browsers(world):
    """One signed-in browser for each role, and one for nobody."""
    found = {NOBODY: Client()}
    for role, account in world.accounts.items():
        found[role] = Client()
        found[role].force_login(account)
    return found


@pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.long)])
def test_every_page_opens_for_its_roles(world, browsers, share):
    """A third of pages and roles in the short run, where a browser opens each page.

    Each that takes free text says that state secrets do not belong there (Secrets Law
    Art. 31).
    """
    broken, silent = {}, []
    for page in list(world.pages())[::share]:
        answer = browsers[page.role].get(page.url, follow=True)
        if answer.status_code != 200:
            broken[page] = answer.status_code
        text = b"" if answer.streaming else answer.content
        if FREE_TEXT.search(text) and not any(it in text for it in REMINDER):
            silent.append(page.url)

    assert (broken, sorted(set(silent))) == ({}, [])


@pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.long)])
def test_no_address_breaks_for_any_role(world, browsers, share):
    """Nor does one show a word of a record in the address that it sends to: that names
    keys and references, no person and no text. Each address meets a fifth of the roles
    by turns; all of them in the long run.
    """
    broken, told = {}, []
    for number, (name, address) in enumerate(ADDRESSES.items()):
        url = world.url(name, address)
        for role, browser in list(browsers.items())[number % share :: share]:
            response = browser.get(url)
            if response.status_code not in {200, 302, 403, 404, 405}:
                broken[name, role] = response.status_code
            if not unquote(response.headers.get("Location", "")).isascii():
                told.append((url, role))

    assert (broken, told) == ({}, [])


def hostile_to(browsers, world, values):
    """What breaks, and what is shown as it came, when each parameter has one of these."""
    browser = browsers[Role.DISTRICT_ADMIN]
    broken, echoed = {}, []
    for name, address in ADDRESSES.items():
        response = browser.get(
            reverse(name, args=[world.fill(arg) for arg in address.args]), values
        )
        if response.status_code >= 500:
            broken[name] = response.status_code
        if not response.streaming and b"<script>alert" in response.content:
            echoed.append(name)
    return broken, echoed


@pytest.mark.parametrize(
    "turn", [0, 1, *(pytest.param(it, marks=pytest.mark.long) for it in (2, 3))]
)
def test_no_address_breaks_on_what_it_is_asked(world, browsers, turn):
    """By turns, so that each parameter meets four values and each value all pages."""
    values = {
        name: HOSTILE[(number + 4 * turn) % len(HOSTILE)]
        for number, name in enumerate(PARAMETERS)
    }
    assert hostile_to(browsers, world, values) == ({}, [])


@pytest.mark.long
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value[:12]))
def test_no_address_breaks_on_the_same_everywhere(world, browsers, value):
    values = dict.fromkeys(PARAMETERS, value)
    assert hostile_to(browsers, world, values) == ({}, [])


@pytest.mark.parametrize("rounds", [1, pytest.param(12, marks=pytest.mark.long)])
def test_no_page_breaks_on_a_few_bad_parameters(world, browsers, rounds):
    """A few at a time, so that no bad one stands in another's way."""
    chance = random.Random(20261124)
    broken = []
    for name, address in ADDRESSES.items():
        for role in address.roles[:1]:
            for _round in range(rounds):
                names = chance.sample(PARAMETERS, chance.randint(1, 3))
                asked = {it: chance.choice(HOSTILE) for it in names}
                url = world.url(name, address, "")
                response = browsers[role].get(url, asked)
                if response.status_code >= 500:
                    broken.append((name, asked))

    assert broken == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in(world, method):
    """The way back is the address that was asked for, and nothing beyond it."""
    sign_in = reverse("account_login")
    urls = [world.url(name, it) for name, it in ADDRESSES.items() if not it.is_open]

    sent = {url: getattr(Client(), method)(url).headers.get("Location") for url in urls}

    assert sent == {
        url: f"{sign_in}?{urlencode({'next': url}, safe='/')}" for url in urls
    }
