"""One account for each role; nobody else signs in."""

from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from cadres.demo.accounts import ACCOUNTS, keep_passwords
from cadres.models import Account, RoleGrant
from cadres.rules.roles import Role
from visits.demo.letter_story import CODES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
NAMES = [
    "leader",
    "liaison",
    "clerk",
    "petition",
    "handler",
    "head",
    "review",
    "seal",
    "district",
    "reader",
    "sysadmin",
    "secadmin",
    "auditor",
]


def test_accounts_have_one_role_each_and_all_roles_have_one():
    grants = RoleGrant.objects.filter(account__username__in=NAMES)
    roles = list(grants.values_list("role", flat=True))

    assert list(ACCOUNTS) == NAMES
    assert sorted(roles) == sorted(Role.values)
    assert grants.values("account").distinct().count() == len(NAMES)


def test_only_these_accounts_can_sign_in():
    usable = {it.username for it in Account.objects.all() if it.has_usable_password()}

    assert usable == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_account_signs_in_with_the_one_password(rf, name):
    request = rf.post("/")

    assert authenticate(request, username=name, password=settings.DEMO_PASSWORD)
    assert not authenticate(request, username=name, password="something else")


@pytest.mark.parametrize(
    ("name", "place", "unit"),
    [
        ("leader", None, None),
        ("liaison", None, "徐州市人民政府办公室"),
        ("petition", None, "徐州市信访局"),
        ("handler", None, "徐州市水务局"),
        ("head", None, "徐州市水务局"),
        ("review", None, "江苏省水利厅"),
        ("seal", None, "徐州市信访局"),
        ("district", "3203", None),
        ("reader", "3203", None),
        ("sysadmin", "32", None),
        ("secadmin", "32", None),
        ("auditor", "32", None),
    ],
)
def test_role_reaches_as_far_as_its_office(name, place, unit):
    grant = Account.objects.get(username=name).grants.get()

    assert (grant.place and grant.place.code) == place
    assert (grant.unit and grant.unit.name) == unit


def test_accounts_follow_a_new_password(rf, settings):
    settings.DEMO_PASSWORD = "another one 四下"

    assert keep_passwords() == len(NAMES)
    assert keep_passwords() == 0
    assert authenticate(rf.post("/"), username="auditor", password="another one 四下")


def test_command_prints_the_accounts_and_the_password():
    out = StringIO()

    call_command("demo", password=True, stdout=out)

    printed = out.getvalue()
    assert settings.DEMO_PASSWORD in printed
    assert all(f"  {name} " in printed for name in NAMES)


def test_command_refuses_outside_the_demo_mode(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="The demo is off"):
        call_command("demo", password=True)


def test_command_prints_the_codes_of_the_letters_to_look_up():
    out = StringIO()

    call_command("demo", codes=True, stdout=out)

    printed = out.getvalue()
    assert all(
        f"{reference[:4]}-{reference[4:]}  {code}" in printed
        for reference, (code, _state) in CODES.items()
    )
