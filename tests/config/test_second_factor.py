"""Second factors: set up, asked for, required by role, and asked again before some acts."""

import hmac
import re
import struct
import time
from base64 import b32decode
from hashlib import sha1

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.urls import reverse

from cadres.models import AuditEntry, Setting
from cadres.models.session import STATE
from cadres.rules.roles import Role
from tests.factories import AccountFactory, RoleGrantFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SECURITY, CONFIRM = reverse("mfa_index"), reverse("account_reauthenticate")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def no_tries_yet(client):
    client.cookies["django_language"] = "en"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(db):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    RoleGrantFactory(account=account, role=Role.CLERK)
    return account


def require_factors():
    Setting.objects.create(name="factor.clerk", value=1)


def sign_in(client):
    data = {"login": "wang.wei", "password": PASSWORD}
    return client.post(reverse("account_login"), data)


def code(secret=SECRET):
    count = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(b32decode(secret), count, sha1).digest()
    at = digest[-1] & 15
    value = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{value % 10**6:06d}"


def test_who_must_have_a_second_factor_sets_it_up_before_all_else(
    client, account, django_capture_on_commit_callbacks
):
    require_factors()
    assert sign_in(client).status_code == 302

    for name in ("visits:today", "visits:letter_list", "cadres:place_list", "roles"):
        assert client.get(reverse(name)).headers.get("Location") == SECURITY, name
    assert client.post(reverse("visits:feedback"), {"text": "x"}).url == SECURITY
    assert "First set up a second factor." in client.get(SECURITY).content.decode()
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'secret-text">([A-Z2-7]+)<', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    codes = re.findall(
        r"<li><code>(\d{8})</code>", client.get(done.url).content.decode()
    )
    assert len(set(codes)) == 10
    again = client.get(done.url).content.decode()
    assert not any(it in again for it in codes)
    assert client.get(reverse("cadres:place_list")).status_code == 200
    kinds = account.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["factor_added", "codes_made"]
    # Neither the secret nor a code lies in the table in clear.
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored

    client.post(reverse("account_logout"))
    assert sign_in(client).url == reverse("mfa_authenticate")
    assert client.get("/").url.startswith(reverse("account_login"))
    sign_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "00000000"})
    assert AuditEntry.objects.get(act="factor_failed").account == account
    assert wrong.status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.session["_auth_user_id"] == str(account.pk)
    client.post(reverse("account_logout"))
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "_auth_user_id" not in client.session


def test_the_last_second_factor_stays_where_one_is_required(client, account):
    first = TOTP.activate(account, SECRET).instance
    client.force_login(account)
    require_factors()

    client.post(reverse("factor_remove", args=[first.pk]))
    assert Authenticator.objects.filter(pk=first.pk).exists()
    Setting.objects.all().delete()
    client.post(reverse("factor_remove", args=[first.pk]))
    assert not Authenticator.objects.filter(user=account).exists()


def test_a_factor_has_the_name_of_its_device(client, account):
    factor = TOTP.activate(account, SECRET).instance
    other = TOTP.activate(AccountFactory(), SECRET).instance
    client.force_login(account)

    for one in (factor, other):
        client.post(reverse("factor_rename", args=[one.pk]), {"name": "华为手机"})
    client.post(reverse("factor_rename", args=[factor.pk]), {"name": "x" * 51})

    factor.refresh_from_db()
    other.refresh_from_db()
    assert factor.data["name"] == "华为手机"
    assert "name" not in other.data
    assert "华为手机" in client.get(SECURITY).content.decode()
    assert account.events.latest("pk").in_words == "华为手机"


def stand_alone_for(client, minutes):
    """As if the sign-in had been that long ago."""
    session = client.session
    session[STATE] = session[STATE] | {"at": session[STATE]["at"] - minutes * 60}
    session.save()


def test_a_sensitive_act_asks_again_and_keeps_what_was_typed(client, secadmin, liaison):
    Setting.objects.create(name="signin.step_up_minutes", value=15)
    secadmin.set_password(PASSWORD)
    secadmin.save()
    client.force_login(secadmin)
    act = reverse("cadres:role_grant", args=[liaison.pk])
    typed = {"role-role": "clerk", "role-place": "<b>徐州</b>", "role-first": "x"}
    assert client.post(act, typed).status_code == 422  # within the time of grace
    stand_alone_for(client, 16)

    asked = client.post(act, typed)

    page = asked.content.decode()
    assert "Is it you?" in page
    assert "&lt;b&gt;徐州&lt;/b&gt;" in page
    assert "no-store" in asked["Cache-Control"]
    assert "徐州" not in str(dict(client.session))
    wrong = client.post(act, typed | {"confirm-password": "wrong"})
    assert wrong.status_code == 422
    assert "Is it you?" in wrong.content.decode()
    done = client.post(act, typed | {"confirm-password": PASSWORD})
    assert done.context["role_form"].data["role-place"] == "<b>徐州</b>"
    assert "confirm-password" not in done.context["role_form"].data
    assert client.post(act, typed).context["role_form"].errors

    # With a second factor, the password alone no longer does.
    TOTP.activate(secadmin, SECRET)
    stand_alone_for(client, 16)
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()
    assert "confirm-code" in client.post(act, typed).content.decode()
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(CONFIRM)
    back = client.post(f"{CONFIRM}?next=//evil.example/", {"confirm-code": code()})
    assert "evil" not in back.url


def test_each_sensitive_act_has_its_door(client, liaison):
    """They ask before they look whether the thing is there, or may be."""
    Setting.objects.create(name="signin.step_up_minutes", value=15)
    client.force_login(liaison)
    stand_alone_for(client, 16)
    doors = {
        "cadres:role_grant": [1],
        "cadres:role_end": [1],
        "cadres:mandate_give": [1],
        "cadres:account_open": [],
        "cadres:account_change": [1],
        "cadres:account_invite": [1],
        "cadres:account_factors": [1],
        "cadres:factor_reset_decide": [1],
        "cadres:review_start": [],
        "cadres:sign_in_rules": [],
        "factor_remove": [1],
        "factor_rename": [1],
        "visits:report_export": [],
        "visits:letter_open_identity": ["A" * 8],
        "visits:sealed_open": ["A" * 8],
    }
    for name, args in doors.items():
        page = client.post(reverse(name, args=args), {"reason": "查"})
        assert "Is it you?" in page.content.decode(), name
    taken = client.get(reverse("visits:export_take", args=["A" * 8]))
    assert taken.url.startswith(CONFIRM)
