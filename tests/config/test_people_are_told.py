"""What happens to an account is told to its person, in the transaction of the act."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cadres.actions.change_account import change_account, mark_of
from cadres.actions.end_role import end_role
from cadres.actions.grant_role import grant_role
from cadres.actions.invite import accept_invitation, invite_account
from cadres.models import AccountEvent, AuditEntry, Setting
from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.people import PASSWORD
from visits.models import Notice

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = reverse("account_login")
LONG_AGO = timedelta(days=91)
EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Edg/130"


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()
    yield
    cache.clear()


def told(account):
    """The kinds, in their order."""
    notices = Notice.objects.filter(account=account).order_by("pk")
    return list(notices.values_list("account_event__kind", flat=True))


def sign_in(client, account, password=PASSWORD, **more):
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    data = {"login": account.username, "password": password}
    return client.post(LOGIN, data, HTTP_USER_AGENT=EDGE, **more)


def test_each_change_of_an_account_is_told_to_whoever_has_signed_in(
    client, sysadmin, secadmin, xuzhou_office, js
):
    """An administrator without an official, too; and nothing before the first time."""
    account = AccountFactory(username="zhang", name="张三", unit=xuzhou_office)
    now, today = timezone.now(), timezone.localdate()
    Setting.objects.create(name="signin.tell_unusual", value=0)
    first = invite_account(account, by=sysadmin, now=now)
    accept_invitation(
        username="zhang", code=first.code, password="Hai-an-2026!", now=now
    )
    assert told(account) == []
    client.force_login(account)

    grant = grant_role(
        account, by=secadmin, today=today, role=Role.CLERK, place=js.xuzhou, first=today
    )
    change_account(
        account,
        by=sysadmin,
        seen=mark_of(account),
        username="zhang",
        name="张三",
        unit=xuzhou_office,
        email="zhang@xz.gov.cn",
        provider_subject="s-17",
    )
    end_role(grant, by=secadmin, today=today)
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)
    again = invite_account(account, by=sysadmin, now=now)
    accept_invitation(
        username="zhang", code=again.code, password="Bei-hu-2026!", now=now
    )

    assert told(account) == [
        "role_granted",
        "changed",
        "role_ended",
        "factor_added",
        "codes_made",
        "invited",
        "password_set",
    ]
    client = Client()
    client.cookies["django_language"] = "en"
    account.refresh_from_db()
    client.force_login(account)
    page = client.get(reverse("visits:notice_list")).content.decode()
    assert "E-mail · Name at the identity provider" in page
    assert "sign out everywhere else and change the password" in page
    assert "zhang@xz.gov.cn" not in page
    assert client.get(reverse("visits:notice_count")).context["count"] == 7
    notice = Notice.objects.filter(account=account).first()
    opened = client.post(reverse("visits:notice_open", args=[notice.pk]))
    assert opened.url == reverse("mfa_index")
    assert told(sysadmin) == told(secadmin) == []


def test_what_is_undone_was_never_told(client, sysadmin):
    client.force_login(sysadmin)

    with transaction.atomic():
        TOTP.activate(sysadmin, SECRET)
        transaction.set_rollback(True)

    assert told(sysadmin) == []


def test_a_sign_in_from_a_new_device_or_place_is_told(client):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    other = Client()
    kind = AccountEvent.Kind.UNUSUAL
    Notice.objects.all().delete()

    sign_in(client, account)
    sign_in(client, account)
    assert told(account) == []
    sign_in(other, account)
    assert told(account) == [kind]
    sign_in(other, account, REMOTE_ADDR="127.0.99.9")
    assert told(account) == [kind]
    sign_in(other, account, REMOTE_ADDR="36.152.1.2")
    assert told(account) == [kind] * 2
    sign_in(other, account, REMOTE_ADDR="36.152.200.7")
    assert told(account) == [kind] * 2

    event = account.events.latest("pk")
    assert event.about == {"device": "Edge · Windows", "address": "36.152.1.2"}
    # From where is for one's own eyes: administrators see the history, too.
    assert "36.152" not in event.in_words
    assert "36.152.1.2" in other.get(reverse("mfa_index")).content.decode()
    Setting.objects.create(name="signin.tell_unusual", value=0)
    sign_in(Client(), account)
    assert told(account) == [kind] * 2


def test_what_was_not_seen_for_ninety_days_is_new(client, monkeypatch):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    sign_in(client, account)
    assert AuditEntry.objects.filter(account=account, act="signed_in").exists()
    later = timezone.now() + LONG_AGO
    monkeypatch.setattr("config.audit.timezone.now", lambda: later)

    sign_in(client, account)

    assert told(account) == [AccountEvent.Kind.UNUSUAL]


def test_tries_of_others_are_told_once(client):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    TOTP.activate(account, SECRET)
    codes = RecoveryCodes.activate(account).get_unused_codes()
    stranger = Client()
    second = reverse("mfa_authenticate")
    sign_in(client, account)
    client.post(second, {"code": codes[0]})
    Notice.objects.all().delete()

    sign_in(stranger, account)
    for _n in range(2):
        stranger.post(second, {"code": "00000000"})
    assert told(account) == [AccountEvent.Kind.HALF_WAY]
    # On a device that knows them it was their own finger.
    sign_in(client, account)
    client.post(second, {"code": "00000000"})
    client.post(second, {"code": codes[1]})
    assert told(account)[1:] == [AccountEvent.Kind.CODE_USED]
    for _n in range(7):
        sign_in(stranger, account, password="wrong")
        sign_in(stranger, AccountFactory.build(username="nobody"), password="wrong")
    assert told(account)[2:] == [AccountEvent.Kind.LOCKED]
    assert Notice.objects.count() == 3
    assert Authenticator.objects.get(type="recovery_codes").last_used_at
