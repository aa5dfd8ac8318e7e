"""Nobody learns of a letter that is not theirs, at any address (handbook 12; ASVS 8.4.1).

Addresses come from the list of all addresses, so that a new one is tried by itself. A
sealed letter is proved by two worlds, without and with it: not one character and not
one query may differ. Letters in clear are proved by their words.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import CadreFactory, RoleGrantFactory, UnitFactory, VisitFactory
from tests.factories.letter_world import LetterWorld, sees
from tests.factories.letters import officer, petition_office, take
from visits.actions.recuse import declare_recusal
from visits.actions.report_pressure import report_pressure
from visits.actions.seal_transfer import ask_transfer
from visits.models import Attachment, Letter, Notice
from visits.rules.letter_states import Category, Step
from visits.rules.papers import PaperKind

pytestmark = pytest.mark.django_db
# New on each page: the CSRF token, and the key that a form sends itself by.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
SEALED, UNKNOWN = "SEA7ED22", "NWHERE33"
SECRET = "反映违规收费"
ASKED = "自来水"  # a piece of the request of a letter in clear …
WORDS = "时断时续"  # … and one that nobody types


def walk(patterns, namespace="") -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or namespace
            yield from walk(pattern.url_patterns, inner)
        elif pattern.name:
            name = f"{namespace}:{pattern.name}" if namespace else pattern.name
            yield name, list(pattern.pattern.converters)


ALL = sorted(walk(get_resolver().url_patterns))


def addresses(keys, reference) -> list[str]:
    """Every address, with each key it could be asked for, plain and with a search."""
    found = []
    for name, converters in ALL:
        wanted = [keys if it == "pk" else values(it, reference) for it in converters]
        choices: list[tuple] = [()]
        for options in wanted:
            choices = [(*chosen, it) for chosen in choices for it in options]
        for chosen in choices:
            path = reverse(name, args=chosen)
            found.append(path)
            if len(chosen) == 0:
                query = {"q": ASKED, "reference": reference, "request": ASKED}
                found.append(f"{path}?{urlencode(query)}")
    return found


def values(converter, reference):
    return {
        "reference": [reference],
        "key": [uuid.UUID(int=7)],
        "seal_id": [uuid.UUID(int=7)],
        "step": [Step.SORT, Step.SEAL],
        "kind": [PaperKind.TRANSFER],
    }.get(converter, ["1"])


def drawn(client, paths, method="get") -> dict[str, tuple]:
    """What each address answers, and with how many queries."""
    answers = {}
    for path in paths:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = getattr(client, method)(path)
        body = b"".join(response) if response.streaming else response.content
        text = TOKEN.sub("", body.decode(errors="replace"))
        text = text.replace(SEALED, UNKNOWN)
        where = response.headers.get("Location", "").replace(SEALED, UNKNOWN)
        key = path.replace(SEALED, UNKNOWN)
        answers[key] = (response.status_code, where, text, len(queries))
    return answers


def different(one, other) -> list[str]:
    return [path for path in one if one[path] != other[path]]


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are expected here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(js):
    world = LetterWorld(js)
    world.leader_cadre = CadreFactory(unit=world.office)
    world.visit = VisitFactory(
        held=True,
        officials=[world.leader_cadre],
        places=[world.place],
        unit=world.office,
        starts_at=timezone.now() - timedelta(days=9),
    )
    world.named = world.official()
    world.plain = world.at_unit(request="路灯不亮", facts="")
    return world


def reader(world, role, **fields):
    """Someone of the letter's own office, of the whole area where the role has one."""
    account = officer(world.office, role, **fields)
    if role in (Role.DISTRICT_ADMIN, Role.REPORT_READER, Role.LEADER):
        RoleGrantFactory(account=account, role=role, place=world.js.xuzhou)
    return account


def tied_sealer(world, how):
    if how == "of another office":
        return officer(petition_office(world.js.tongshan), Role.SEAL_OFFICER)
    if how == "named":
        return officer(world.office, Role.SEAL_OFFICER, cadre=world.named)
    if how == "acts for the named":
        return officer(world.office, Role.SEAL_OFFICER, acts_for=[world.named])
    account = officer(world.office, Role.SEAL_OFFICER)
    RoleGrantFactory(account=account, role=Role.HANDLER, unit=world.pumps)
    return account


def seal_one(world) -> Letter:
    """A sealed letter with everything that can hang on one."""
    letter = world.sealed(
        reference=SEALED,
        request=SECRET,
        is_urgent=True,
        urgent_reason=SECRET,
        stop=world.visit.stops.first(),
        split_from=world.plain,
        named_officials=[world.named],
        named_units=[world.water],
        received_on=timezone.localdate(),
    )
    Attachment.objects.create(
        letter=letter, key=uuid.UUID(int=7), size=1, added_by=world.clerk
    )
    letter.sealed_handlers.create(account=world.inspector, named_by=world.sealer)
    ask_transfer(
        letter, by=world.sealer, to_unit=world.discipline, reasons="属", now=world.now
    )
    report_pressure(text="被威胁", letter=letter, now=timezone.now())
    return letter


def keys_of(world):
    """The key that the letter will have: any table may be asked for it."""
    return [world.plain.pk + 1]


OTHERS = [role for role in Role.values if role != Role.SEAL_OFFICER]
SEALERS = ["of another office", "named", "acts for the named", "of a unit below"]


@pytest.mark.parametrize("who", [*OTHERS, *SEALERS])
def test_no_address_differs_by_a_sealed_letter(client, world, who):
    account = reader(world, who) if who in OTHERS else tied_sealer(world, who)
    client.force_login(account)
    keys = keys_of(world)
    before = drawn(client, addresses(keys, UNKNOWN))
    posted = drawn(client, posts(UNKNOWN), "post")

    letter = seal_one(world)

    assert not sees(account, letter)
    after = drawn(client, addresses(keys, SEALED))
    assert different(before, after) == []
    assert different(posted, drawn(client, posts(SEALED), "post")) == []
    everything = str(list(after.values()))
    assert SECRET not in everything
    assert "李测试" not in everything


def posts(reference) -> list[str]:
    """Addresses that name a record; none may do or tell anything."""
    return [
        reverse(
            name, args=[values(it, reference)[0] if it != "pk" else 1 for it in how]
        )
        for name, how in ALL
        if "reference" in how
    ]


def test_the_addresses_compared_would_tell_if_they_could(client, world):
    """Proof of the proof: its seal officer does see it, without a word of its text."""
    client.force_login(world.sealer)
    keys = keys_of(world)
    before = drawn(client, addresses(keys, UNKNOWN))

    seal_one(world)

    after = drawn(client, addresses(keys, SEALED))
    changed = different(before, after)
    assert reverse("visits:sealed_list") in changed
    assert reverse("visits:sealed_detail", args=[UNKNOWN]) in changed
    everything = str(list(after.values()))
    assert SECRET not in everything
    assert "李测试" not in everything


def test_what_was_routed_is_gone_once_it_is_sealed(client, world):
    """Sealed later: the unit that had it sees what it would see had it never been."""
    client.force_login(world.handler)
    keys = keys_of(world)
    before = drawn(client, addresses(keys, UNKNOWN))
    letter = world.at_unit(reference=SEALED, request=SECRET)
    Notice.objects.create(
        account=world.handler, kind=Notice.Kind.ROUTED, key="x", letter=letter
    )

    take(letter, Step.SORT, world.handler, category=Category.ACCUSATION)

    after = drawn(client, addresses(keys, SEALED))
    assert different(before, after) == []


# --- Letters in clear ----------------------------------------------------------------


def in_another_unit(world, role):
    unit = UnitFactory(name="徐州市城管局", place=world.js.xuzhou)
    return officer(unit, role), world.at_unit()


def in_another_place(world, role):
    office = petition_office(world.js.tongshan)
    return officer(office, role), world.letter()


def named_in_it(world, role):
    letter = world.at_unit()
    letter.named.create(official=world.named, added_by=world.sealer)
    return officer(world.office, role, cadre=world.named), letter


def recused(world, role):
    letter = world.at_unit()
    unit = world.water if role in (Role.HANDLER, Role.UNIT_HEAD) else world.office
    account = officer(unit, role)
    if sees(account, letter):
        declare_recusal(letter, by=account, ground="亲属", now=world.now)
    return account, letter


def after_transfer(world, role):
    letter = take(world.at_unit(), Step.OBJECT, world.handler)
    take(letter, Step.AGREE, world.petition)
    return officer(world.water, role), letter


SITUATIONS = [in_another_unit, in_another_place, named_in_it, recused, after_transfer]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda it: it.__name__)
def test_no_address_tells_of_a_letter_that_is_not_ones_own(
    client, world, role, situation
):
    account, letter = situation(world, role)
    client.force_login(account)

    assert not sees(account, letter)
    found = drawn(client, addresses([letter.pk], letter.reference))
    of_letter = [
        path
        for path, answer in found.items()
        if letter.reference in path and "?" not in path and answer[0] == 200
    ]
    assert of_letter == []
    telling = [
        path
        for path, answer in found.items()
        if tells(answer[2], letter) and letter.reference not in path
    ]
    assert telling == []


def tells(text, letter):
    shown = (letter.reference, letter.printed_reference, WORDS, "李测试", "13800002207")
    return any(word in text for word in shown)
