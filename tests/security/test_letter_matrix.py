"""Nobody learns of a letter that is not theirs, at any address (handbook 12; ASVS 8.4.1).

Addresses come from the list of all addresses, so that a new one is tried by itself. A
sealed letter is proved by two worlds, without and with it: not one character and not
one query may differ. Letters in clear are proved by their words.
"""

import copy
import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import (
    CadreFactory,
    RoleGrantFactory,
    UnitFactory,
    VisitFactory,
    small_jiangsu,
)
from tests.factories.letter_world import LetterWorld, sees
from tests.factories.letters import officer, petition_office, take
from visits.actions.recuse import declare_recusal
from visits.actions.report_pressure import report_pressure
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.actions.send_digests import send_digests
from visits.actions.warn_of_limits import warn_of_limits
from visits.models import Access, Attachment, Letter, Notice
from visits.rules.letter_states import Category, LetterState, Step
from visits.rules.papers import PaperKind

pytestmark = pytest.mark.django_db
# New on each page: the CSRF token, and the key that a form sends itself by.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# A file says when it was made, and by whom: the minute may have passed since.
MADE_AT = re.compile(r"\d{1,2}:\d{2}(?=, )")
UNKNOWN = "NWHERE33"
NEVER = 10**7  # the key of nothing
SECRET = "反映违规收费"
ASKED = "自来水"  # a piece of the request of a letter in clear …
WORDS = "时断时续"  # … and one that nobody types
FILE = uuid.UUID(int=7)


# --- Addresses -----------------------------------------------------------------------


def walk(patterns, namespace="") -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or namespace
            yield from walk(pattern.url_patterns, inner)
        elif pattern.name:
            name = f"{namespace}:{pattern.name}" if namespace else pattern.name
            yield name, list(pattern.pattern.converters)


ALL = sorted(walk(get_resolver().url_patterns))
# These have references of their own, and tests of what they show of a sealed letter.
OF_OTHERS = (
    "visits:matter", "visits:question", "visits:session", "visits:talk",
    "visits:investigation", "visits:problem",
)  # fmt: skip
# The audit log tells the auditor of these very requests; what it says of sealed letters
# is proved in tests/visits/views/test_audit.py.
TELLS_OF_ITSELF = "visits:audit_list"
# A new secret each time, for the person alone; no letter is near them.
NEW_EACH_TIME = {"mfa_activate_totp", "mfa_add_webauthn"}
# Lists that are asked for by a form, and what is done to several letters at once.
ASKED_BY_POST = ["visits:letter_search", "visits:letter_hints", "visits:letter_forward"]


def value(converter, name, reference, children, key):
    return {
        "reference": reference,
        "key": FILE,
        "seal_id": FILE,
        "step": Step.SORT,
        "kind": PaperKind.TRANSFER,
        "pk": children.get(name, NEVER) if reference else key,
    }.get(converter, "1")


def addresses(key) -> list[tuple[str, str]]:
    """Every address that names no letter, by its name; plain and with a search.

    `key` is what a letter has: any table may be asked for it, and any list for what
    comes after it.
    """
    found = []
    for name, how in ALL:
        if "reference" in how or name in {TELLS_OF_ITSELF, *NEW_EACH_TIME}:
            continue
        path = reverse(name, args=[value(it, name, "", {}, key) for it in how])
        found.append((name, path))
        if not how:
            asked = {"q": ASKED, "request": ASKED, "after": key}
            found.append((f"{name} asked", f"{path}?{urlencode(asked)}"))
    return found


def of_letter(reference, children=None) -> list[tuple[str, str]]:
    """Every address that names a letter, with what hangs on it."""
    return [
        (
            name,
            reverse(
                name,
                args=[value(it, name, reference, children or {}, NEVER) for it in how],
            ),
        )
        for name, how in ALL
        if "reference" in how and not name.startswith(OF_OTHERS)
    ]


def body(world, reference):
    """What each of the forms would work with, all in one."""
    return {
        "reason": "核实",
        "reasons": "属其管辖",
        "ground": "亲属",
        "account": world.head.username,
        "named_unit": world.pumps.name,
        "to_unit": world.discipline.name,
        "names_nobody": "on",
        "confirm": "1",
        "version": "1",
        "category": Category.SUGGESTION,
        "reference": reference,
        "other": reference,
        "letters": reference,
        "kind": "related",
        "client_key": str(uuid.UUID(int=9)),
        "request": ASKED,
        "q": ASKED,
        "reported_to": "市委",
        "place": world.place.name,
    }


def drawn(client, asked, *, reference=UNKNOWN, data=None) -> dict[str, tuple]:
    """What each address answers, and with how many queries; by POST if with `data`."""
    answers = {}
    for name, path in asked:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path) if data is None else client.post(path, data)
        text = b"".join(response) if response.streaming else response.content
        if "openxmlformats" in response.headers.get("Content-Type", ""):
            text = b""  # it holds the second in which it was made
        text = MADE_AT.sub("", TOKEN.sub("", text.decode(errors="replace")))
        # Words that were searched for wait under a number that is new each time.
        where = re.sub(r"(search)=.*", r"\1", response.headers.get("Location", ""))
        answers[name] = (
            response.status_code,
            where.replace(path, name).replace(reference, UNKNOWN),
            text.replace(path, name).replace(reference, UNKNOWN),
            len(queries),
        )
    return answers


def posted(client, world, reference=UNKNOWN, children=None):
    lists = [(name, reverse(name)) for name in ASKED_BY_POST]
    return drawn(
        client,
        of_letter(reference, children) + lists,
        reference=reference,
        data=body(world, reference),
    )


def different(one, other) -> list[str]:
    return [name for name in other if one[name] != other[name]]


def readable(asked, answers) -> list[tuple[str, str]]:
    """Without those that take no GET, which they say before they look at anything."""
    return [(name, path) for name, path in asked if answers[name][0] != 405]


# --- The world -----------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are expected here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world, once for all tests here; each test is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = LetterWorld(small_jiangsu())
        world.visit = VisitFactory(
            held=True,
            officials=[CadreFactory(unit=world.office)],
            places=[world.place],
            unit=world.office,
            starts_at=timezone.now() - timedelta(days=9),
        )
        world.named = world.official()
        world.roads = UnitFactory(name="徐州市城管局", place=world.js.xuzhou)
        world.county_office = petition_office(world.js.tongshan)
        world.plain = world.at_unit(request="路灯不亮", facts="")
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """With rows as they stand, and nothing that an account remembers."""
    world = copy.copy(built)
    for name, row in vars(built).items():
        if isinstance(row, models.Model):
            setattr(world, name, type(row)._default_manager.get(pk=row.pk))
    return world


def reader(world, role, *units, **fields):
    """Someone with one role in each of these units, or the whole area if it has one."""
    account = officer(units[0], role, **fields)
    for unit in units[1:]:
        RoleGrantFactory(account=account, role=role, unit=unit)
    if role in (Role.DISTRICT_ADMIN, Role.REPORT_READER, Role.LEADER):
        RoleGrantFactory(account=account, role=role, place=world.js.xuzhou)
    return Account.objects.get(pk=account.pk)


def next_key():
    """The key that the next letter will have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('visits_letter', 'id'))")
        return cursor.fetchone()[0] + 1


def sealed(world, **fields) -> tuple[Letter, dict[str, int]]:
    """A sealed letter with everything that can hang on one, and the keys of that."""
    letter = world.sealed(
        **{
            "request": SECRET,
            "is_urgent": True,
            "urgent_reason": SECRET,
            "stop": world.visit.stops.first(),
            "split_from": world.plain,
            "named_units": [world.water],
            "received_on": timezone.localdate(),
        }
        | fields
    )
    if not Attachment.objects.filter(key=FILE).exists():
        Attachment.objects.create(
            letter=letter, key=FILE, size=1, added_by=world.clerk, state="clean"
        )
    named = letter.named.all()[0]
    handler = letter.sealed_handlers.create(
        account=world.inspector, named_by=world.sealer
    )
    children = {
        "visits:sealed_handler_end": handler.pk,
        "visits:named_party_remove": named.pk,
    }
    if letter.office == world.office:
        report_pressure(text="被威胁", letter=letter, now=timezone.now())
        transfer = ask_transfer(
            letter,
            by=world.sealer,
            to_unit=world.discipline,
            reasons="属",
            now=world.now,
        )
        children["visits:seal_transfer_decide"] = transfer.pk
    return letter, children


def recused_from(world, account):
    letter, children = sealed(world)
    letter.recusals.create(
        account=account, source="own", ground="亲属", recorded_by=account
    )
    return letter, children


def handed_on(world):
    letter, children = sealed(world)
    confirm_transfer(letter.transfers.get(), by=world.second, now=world.now)
    letter.refresh_from_db()
    assert letter.state == LetterState.SEALED
    return letter, children


@pytest.fixture(autouse=True)
def looked_a_moment_ago(monkeypatch):
    """Today puts down once a minute that someone looked, and a busy machine takes one."""
    monkeypatch.setattr("visits.actions.look_at_today.GRAIN", timedelta(days=1))


# --- Sealed letters ------------------------------------------------------------------

# Those who never come near a letter, and those who see of it what others here see, wait
# for the long run.
FAR = (
    Role.LIAISON,
    Role.REPORT_READER,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.UNIT_HEAD,
    Role.REVIEW_OFFICER,
    Role.CLERK,
    Role.DISTRICT_ADMIN,
    Role.AUDITOR,
    Role.LEADER,
)
OTHERS = [
    pytest.param(role, marks=pytest.mark.long) if role in FAR else role
    for role in Role.values
    if role != Role.SEAL_OFFICER
]


def compare(client, world, account, letters_of):
    """Not one character and not one query differs once there are these letters."""
    client.force_login(account)
    client.get(reverse("visits:today"))  # what is new is told from the second time on
    key = next_key()
    lists = drawn(client, addresses(key))
    pages, forms = drawn(client, of_letter(UNKNOWN)), posted(client, world)
    client.get(reverse("roles"))  # the next page shows what the forms have answered

    letters = letters_of()

    after = drawn(client, readable(addresses(key), lists))
    assert different(lists, after) == []
    for letter, children in letters:
        assert not sees(account, letter)
        reference = letter.reference
        asked = readable(of_letter(reference, children), pages)
        shown = drawn(client, asked, reference=reference)
        assert different(pages, shown) == []
        after |= {f"{name} {reference}": it for name, it in shown.items()}
    letter, children = letters[0]
    answered = posted(client, world, letter.reference, children)
    assert different(forms, answered) == []
    everything = str(list(after.values()))
    assert SECRET not in everything
    assert "李测试" not in everything


@pytest.mark.parametrize("role", OTHERS)
def test_no_address_differs_by_sealed_letters(client, world, role):
    """In the own unit, in another unit and place; named, stepped back, handed on."""
    own = CadreFactory(unit=world.office)
    units = (world.office, world.roads, world.county_office)
    account = reader(world, role, *units, cadre=own)

    compare(
        client,
        world,
        account,
        lambda: [
            sealed(world),
            sealed(world, named_units=[], named_officials=[own]),
            recused_from(world, account),
            handed_on(world),
        ],
    )


def test_no_address_differs_for_a_seal_officer_who_is_kept_away(client, world):
    """Named, a colleague of someone named, or in a unit below."""
    own = CadreFactory(unit=world.county_office)
    account = officer(world.office, Role.SEAL_OFFICER, cadre=own)
    RoleGrantFactory(account=account, role=Role.HANDLER, unit=world.pumps)
    account = Account.objects.get(pk=account.pk)
    colleague = CadreFactory(unit=world.pumps)

    compare(
        client,
        world,
        account,
        lambda: [
            sealed(world, named_units=[], named_officials=[own]),
            sealed(world, named_units=[], named_officials=[colleague]),
            sealed(world, named_units=[world.water]),
        ],
    )


@pytest.mark.parametrize(
    "who",
    [
        "stepped back",
        pytest.param("of another office", marks=pytest.mark.long),
        pytest.param("a secretary", marks=pytest.mark.long),
    ],
)
def test_no_address_differs_for_a_seal_officer_without_business(client, world, who):
    office = world.county_office if who == "of another office" else world.office
    fields = {"acts_for": [world.named]} if who == "a secretary" else {}
    account = officer(office, Role.SEAL_OFFICER, **fields)
    named = {"named_units": [], "named_officials": [world.named]}

    compare(
        client,
        world,
        account,
        lambda: [
            recused_from(world, account)
            if who == "stepped back"
            else sealed(world, **named)
        ],
    )


def test_the_addresses_compared_would_tell_if_they_could(client, world):
    """Proof of the proof: its seal officer does see it, without a word of its text."""
    client.force_login(world.sealer)
    key = next_key()
    before = drawn(client, addresses(key))
    pages = drawn(client, of_letter(UNKNOWN))

    letter, children = sealed(world)

    after = drawn(client, addresses(key))
    shown = drawn(
        client, of_letter(letter.reference, children), reference=letter.reference
    )
    assert "visits:sealed_list" in different(before, after)
    assert "visits:sealed_detail" in different(pages, shown)
    everything = str([*after.values(), *shown.values()])
    assert SECRET not in everything
    assert "李测试" not in everything
    address = reverse("visits:sealed_open", args=[letter.reference])
    answer = client.post(address, body(world, letter.reference))
    assert SECRET in answer.content.decode()


def test_after_the_transfer_no_address_tells_the_office_a_word_of_it(client, world):
    client.force_login(world.sealer)
    letter, children = handed_on(world)
    asked = of_letter(letter.reference, children)
    # Who steps back sees nothing at all from then on, which would prove less.
    forms = [it for it in asked if it[0] != "visits:recusal_declare"]

    answers = [
        *drawn(client, asked, reference=letter.reference).values(),
        *drawn(client, forms, data=body(world, letter.reference)).values(),
    ]

    assert SECRET not in str(answers)
    assert "李测试" not in str(answers)
    assert not Access.objects.filter(letter=letter).exists()


def test_what_was_routed_is_gone_once_it_is_sealed(client, world):
    """Sealed later: the unit that had it sees what it would see had it never been."""
    client.force_login(world.handler)
    client.get(reverse("visits:today"))  # what is new is told from the second time on
    key = next_key()
    before = drawn(client, addresses(key))
    pages = drawn(client, of_letter(UNKNOWN))
    letter = world.at_unit(request=SECRET)
    Notice.objects.create(
        account=world.handler, kind=Notice.Kind.ROUTED, key="x", letter=letter
    )

    take(letter, Step.SORT, world.handler, category=Category.ACCUSATION)

    assert different(before, drawn(client, addresses(key))) == []
    reference = letter.reference
    after = drawn(client, of_letter(reference), reference=reference)
    assert different(pages, after) == []


def test_no_notice_and_no_digest_tells_of_a_sealed_letter(world):
    Account.objects.update(email="")
    for account in Account.objects.all():
        Account.objects.filter(pk=account.pk).update(email=f"{account.pk}@example.org")
    letter, _children = sealed(world, received_on=timezone.localdate())
    world.plain.clocks.all().delete()
    Notice.objects.all().delete()
    late = timezone.localtime().replace(hour=9) + timedelta(days=20)
    while late.weekday() > 4:
        late += timedelta(days=1)

    warn_of_limits(now=late)
    send_digests(now=late)

    told = set(Notice.objects.values_list("account", flat=True))
    keepers = {world.sealer.pk, world.second.pk}
    assert told <= keepers
    assert {it for sent in mail.outbox for it in sent.to} == {
        f"{pk}@example.org" for pk in told
    }
    assert letter.reference not in str([sent.body for sent in mail.outbox])


# --- Letters in clear ----------------------------------------------------------------


def in_another_unit(world, account):
    return world.at_unit()


def in_another_place(world, account):
    return world.letter()


def named_in_it(world, account):
    letter = at_roads(world)
    letter.named.create(official=account.cadre, added_by=world.sealer)
    return letter


def recused(world, account):
    letter = at_roads(world)
    if sees(account, letter):
        declare_recusal(letter, by=account, ground="亲属", now=world.now)
    return letter


def after_transfer(world, account):
    letter = take(at_roads(world), Step.OBJECT, world.sweeper)
    return take(letter, Step.AGREE, world.petition)


def at_roads(world):
    letter = world.letter()
    return take(letter, Step.FORWARD, world.petition, to_unit=world.roads)


SITUATIONS = [in_another_unit, in_another_place, named_in_it, recused, after_transfer]


# Those whom letters reach in most ways are asked always, the others in the long run.
AT_WORK = (Role.PETITION_OFFICER, Role.HANDLER)


@pytest.mark.parametrize(
    "role",
    [
        role if role in AT_WORK else pytest.param(role, marks=pytest.mark.long)
        for role in Role
    ],
)
def test_no_address_tells_of_a_letter_that_is_not_ones_own(client, world, role):
    world.sweeper = officer(world.roads, Role.HANDLER)
    own = CadreFactory(unit=world.county_office)
    account = reader(world, role, world.roads, world.county_office, cadre=own)
    letters = [situation(world, account) for situation in SITUATIONS]
    account = Account.objects.get(pk=account.pk)
    client.force_login(account)

    assert [sees(account, letter) for letter in letters] == [False] * len(letters)
    asked = dict(addresses(letters[0].pk))
    once = [it for it in asked.items() if f"{it[0]} asked" not in asked]
    found = drawn(client, once)
    telling = [name for name, it in found.items() if tells(it[2], letters)]
    assert telling == []
    unknown = drawn(client, of_letter(UNKNOWN))
    for letter in letters:
        shown = drawn(client, readable(of_letter(letter.reference), unknown))
        assert [name for name, it in shown.items() if it[0] == 200] == []


def tells(text, letters):
    shown = [WORDS, "李测试", "13800002207"]
    for letter in letters:
        shown += [letter.reference, letter.printed_reference]
    return any(word in text for word in shown)
