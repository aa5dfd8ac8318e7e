from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from cadres.actions.invite import accept_invitation
from cadres.models import Account, Unit

pytestmark = pytest.mark.django_db


def run(username="first", role="security_admin", place="32", unit="江苏省委办公厅"):
    said = StringIO()
    call_command(
        "open_account",
        username,
        "李娜",
        role=role,
        place=place,
        unit=unit,
        stdout=said,
    )
    return said.getvalue().strip()


def test_open_account_makes_the_first_administrator(js):
    said = run()

    account = Account.objects.get()
    code, where = said.removeprefix("first: ").splitlines()
    assert where.endswith(reverse("welcome"))
    now = timezone.now()
    accept_invitation(username="first", code=code, password="Hai-an-2026!", now=now)
    account.refresh_from_db()
    assert account.check_password("Hai-an-2026!")
    assert account.has_perm("cadres.manage_roles")
    assert account.unit.name == "江苏省委办公厅"
    assert [(it.kind, it.by) for it in account.events.order_by("pk")] == [
        ("opened", None),
        ("invited", None),
        ("role_granted", None),
        ("password_set", account),
    ]


def test_open_account_keeps_the_three_apart_and_leaves_nothing_behind(js):
    run()

    with pytest.raises(CommandError):
        run("second", role="auditor")

    assert Account.objects.count() == 1
    assert Unit.objects.count() == 1


@pytest.mark.parametrize("place", ["99", "x", ""])
def test_open_account_says_that_a_place_is_unknown(js, place):
    with pytest.raises(CommandError, match="no place"):
        run(place=place)
