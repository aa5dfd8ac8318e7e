import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import AccountFactory, at
from visits.actions.choose_notices import choose_notices
from visits.actions.send_digests import send_digests
from visits.actions.write_notices import write_notices
from visits.models import Notice, NoticeChoice

pytestmark = pytest.mark.django_db
MORNING = at("2026-03-04 08:30")  # a Wednesday
APP, NONE = NoticeChoice.Channel.APP, NoticeChoice.Channel.NONE


@pytest.fixture
def account():
    return AccountFactory(email="someone@example.org")


def write(account, *kinds):
    write_notices(Notice(account=account, kind=it, key=f"{it}:1") for it in kinds)


def kinds_of(account):
    return sorted(Notice.objects.filter(account=account).values_list("kind", flat=True))


def test_what_is_switched_off_is_not_written_for_oneself_alone(account):
    other = AccountFactory()
    choose_notices(by=account, choices={"reported": NONE, "late": APP})

    for who in (account, other):
        write(who, "reported", "late")

    assert (kinds_of(account), kinds_of(other)) == (["late"], ["late", "reported"])


def test_the_mail_leaves_out_what_is_for_the_app_alone(account):
    choose_notices(by=account, choices={"late": APP})
    write(account, "late")

    assert send_digests(now=MORNING) == 0
    write(account, "routed")
    assert send_digests(now=MORNING) == 1
    assert mail.outbox[0].subject == "您有1件待办"


@pytest.mark.parametrize(
    "kind", ["near_limit", "late", "decision", "pressure", "recusal", "routed"]
)
def test_legal_limits_and_duties_stay_in_the_app(account, kind):
    with pytest.raises(ValidationError) as refusal:
        choose_notices(by=account, choices={kind: NONE})

    assert refusal.value.error_dict[kind][0].code == "stays"
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeChoice.objects.create(account=account, kind=kind, channel=NONE)


def test_the_default_leaves_no_row_and_other_kinds_stay(account):
    choose_notices(by=account, choices={"late": APP, "reported": NONE})

    choose_notices(by=account, choices={"late": ""})

    found = NoticeChoice.objects.values_list("kind", "channel")
    assert list(found) == [("reported", NONE)]


def test_every_notice_goes_the_one_way():
    """Whoever writes notices elsewhere passes over what people have switched off."""
    elsewhere = [
        path.name
        for path in (Path(settings.BASE_DIR) / "visits").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr == "bulk_create"
        and ast.unparse(node) == "Notice.objects.bulk_create"
        and path.name != "write_notices.py"
    ]

    assert elsewhere == []
