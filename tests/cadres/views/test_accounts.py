import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.actions.change_account import mark_of
from cadres.actions.invite import accept_invitation
from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, RoleGrantFactory, UnitFactory

pytestmark = pytest.mark.django_db

LIST = "cadres:account_list"
OTHERS = ["leader", "liaison", "district_admin", "reader"]


def of(name, account):
    return reverse(f"cadres:{name}", args=[account.pk])


def typed(unit, **more):
    return {
        "username": "zhang.san",
        "name": "张三",
        "unit": unit.name,
        "unit_id": unit.pk,
        "cadre": "",
        "cadre_id": "",
        "email": "",
        "seen": "",
    } | more


@pytest.fixture
def stranger(js):
    """An account outside the administrators' area."""
    return AccountFactory(username="jingkou", unit=UnitFactory(place=js.jingkou))


@pytest.mark.parametrize("who", OTHERS)
def test_accounts_are_the_administrators(client, request, who, auditor):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("cadres:account_open")).status_code == 403
    assert client.get(of("account_detail", auditor)).status_code == 403
    for name in ("account_close", "account_invite", "role_grant", "mandate_give"):
        assert client.post(of(name, auditor)).status_code == 403


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "auditor"])
def test_account_list_shows_ones_area_alone(client, request, who, liaison, stranger):
    client.force_login(request.getfixturevalue(who))

    page = client.get(reverse(LIST)).content.decode()

    assert of("account_detail", liaison) in page
    assert "联络员" in page
    assert "jingkou" not in page
    assert client.get(of("account_detail", stranger)).status_code == 404


@pytest.mark.parametrize("who", ["secadmin", "auditor"])
def test_only_the_system_administrator_manages_accounts(client, request, who, liaison):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("cadres:account_open")).status_code == 403
    assert client.get(of("account_change", liaison)).status_code == 403
    for name in ("account_close", "account_invite"):
        assert client.post(of(name, liaison)).status_code == 403
        assert (
            of(name, liaison)
            not in client.get(of("account_detail", liaison)).content.decode()
        )


@pytest.mark.parametrize("who", ["sysadmin", "auditor"])
def test_only_the_security_administrator_gives_roles(client, request, who, liaison):
    client.force_login(request.getfixturevalue(who))

    for name in ("role_grant", "mandate_give"):
        assert client.post(of(name, liaison)).status_code == 403
    assert client.post(of("role_end", liaison.grants.get())).status_code == 403
    assert client.post(of("mandate_end", liaison.mandates.get())).status_code == 403
    page = client.get(of("account_detail", liaison)).content.decode()
    assert of("role_grant", liaison) not in page


@pytest.mark.parametrize("name", ["account_change", "account_close", "account_invite"])
def test_accounts_of_strangers_are_not_found(client, sysadmin, stranger, name):
    client.force_login(sysadmin)

    assert client.post(of(name, stranger)).status_code == 404
    stranger.refresh_from_db()
    assert stranger.is_active


def test_account_open_shows_an_invitation_once(client, sysadmin, xuzhou_office):
    client.force_login(sysadmin)

    response = client.post(reverse("cadres:account_open"), typed(xuzhou_office))

    account = Account.objects.get(username="zhang.san")
    code = response.context["code"]
    assert code in response.content.decode()
    assert not account.has_usable_password()
    assert "no-store" in response["Cache-Control"]
    page = client.get(of("account_detail", account)).content.decode()
    assert code not in page
    assert of("invitation_end", account) in page


def test_an_invitation_goes_by_mail_where_there_is_one(
    client, sysadmin, liaison, mailoutbox
):
    client.force_login(sysadmin)
    url = of("account_invite", liaison)
    assert client.post(url, {"how": "mail"}).status_code == 200  # no address: on paper
    liaison.email = "liaison@example.cn"
    liaison.save()

    response = client.post(url, {"how": "mail"})

    assert response.url == of("account_detail", liaison)
    (mail,) = mailoutbox
    assert mail.to == ["liaison@example.cn"]
    assert "liaison" not in mail.subject + mail.body
    code = re.search(r"(\w{4}-){3}\w{4}", mail.body)[0]
    now = timezone.now()
    accept_invitation(username="liaison", code=code, password="Hai-an-2026!", now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "zhang san"),
        ("username", "\x00"),
        ("username", "x" * 51),
        ("username", "SYSADMIN"),
        ("name", ""),
        ("unit", ""),
        ("unit", "没有"),
        ("cadre", "没有"),
        ("email", "keine"),
    ],
)
def test_account_open_answers_bad_input_beside_the_field(
    client, sysadmin, xuzhou_office, field, value
):
    client.force_login(sysadmin)

    response = client.post(
        reverse("cadres:account_open"), typed(xuzhou_office) | {field: value}
    )

    assert response.status_code == 422
    assert field in response.context["form"].errors or field == "username"
    assert response.context["form"].errors
    assert not Account.objects.filter(name="张三").exists()


def test_account_open_stays_in_the_area(client, sysadmin, stranger):
    client.force_login(sysadmin)

    response = client.post(reverse("cadres:account_open"), typed(stranger.unit))

    assert "unit" in response.context["form"].errors


def test_account_change_keeps_the_stale_form(client, sysadmin, liaison, xuzhou_office):
    client.force_login(sysadmin)
    url = of("account_change", liaison)
    seen = mark_of(liaison)

    client.post(url, typed(xuzhou_office, name="他改的", seen=seen))
    refused = client.post(url, typed(xuzhou_office, name="我改的", seen=seen))

    assert refused.status_code == 422
    assert "我改的" in refused.content.decode()
    client.post(url, typed(xuzhou_office, name="我改的", seen=mark_of(liaison)))
    liaison.refresh_from_db()
    assert liaison.name == "我改的"


def test_closing_an_account_signs_it_out_at_once(client, sysadmin, liaison, client_of):
    theirs = client_of(liaison)
    assert theirs.get("/").status_code == 200
    client.force_login(sysadmin)

    client.post(of("account_close", liaison))

    assert theirs.get("/").url.startswith(reverse("account_login"))
    client.post(of("account_invite", liaison))
    liaison.refresh_from_db()
    assert liaison.is_active
    assert not liaison.has_usable_password()
    # Open again, and the old session is still dead.
    assert theirs.get("/").url.startswith(reverse("account_login"))


def role(place=None, **more):
    return {
        "role-role": "clerk",
        "role-place": place.path if place else "",
        "role-place_id": place.pk if place else "",
        "role-unit": "",
        "role-unit_id": "",
        "role-first": timezone.localdate().isoformat(),
        "role-last": "",
    } | more


def test_role_grant_gives_it(client, secadmin, reader, js, xuzhou_office):
    reader.unit = xuzhou_office
    reader.save()
    client.force_login(secadmin)

    response = client.post(of("role_grant", reader), role(js.tongshan))

    assert response.url == of("account_detail", reader)
    assert reader.grants.filter(role="clerk", place=js.tongshan).exists()
    page = client.get(response.url).content.decode()
    assert "登记员" in page
    assert js.tongshan.path in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role-role", "emperor"),
        ("role-role", "leader"),
        ("role-first", "1999-01-01"),
        ("role-first", "x"),
        ("role-last", "1999-01-01"),
        ("role-unit", "没有"),
        ("role-role", "security_admin"),
    ],
)
def test_role_grant_answers_bad_input(client, secadmin, liaison, js, field, value):
    client.force_login(secadmin)

    response = client.post(of("role_grant", liaison), role(js.xuzhou) | {field: value})

    assert response.status_code == 422
    assert response.context["role_form"].errors
    assert liaison.grants.count() == 1


def test_role_grant_stays_in_the_area(client, secadmin, liaison, js):
    client.force_login(secadmin)

    response = client.post(of("role_grant", liaison), role(js.jingkou))

    assert "place" in response.context["role_form"].errors


def test_nobody_gives_themselves_a_role(client, secadmin, js):
    client.force_login(secadmin)

    assert client.post(of("role_grant", secadmin), role(js.xuzhou)).status_code == 404
    assert (
        of("role_grant", secadmin)
        not in client.get(of("account_detail", secadmin)).content.decode()
    )


def test_role_end_takes_permission_and_session_at_once(
    client, secadmin, liaison, client_of
):
    theirs = client_of(liaison)
    assert theirs.get(reverse("visits:visit_plan")).status_code == 200
    client.force_login(secadmin)

    client.post(of("role_end", liaison.grants.get()), {"last": ""})

    assert theirs.get(reverse("visits:visit_plan")).url.startswith(
        reverse("account_login")
    )
    theirs.force_login(liaison)
    assert theirs.get(reverse("visits:visit_plan")).status_code == 403


def test_ends_of_strangers_are_not_found(client, secadmin, stranger):
    grant = RoleGrantFactory(account=stranger, role=Role.CLERK)
    client.force_login(secadmin)

    assert client.post(of("role_end", grant)).status_code == 404
    assert client.post(of("role_grant", stranger)).status_code == 404


@pytest.mark.parametrize("last", ["x", "2001-01-01", "\x00", "9999-99-99"])
def test_role_end_answers_bad_dates(client, secadmin, liaison, last):
    client.force_login(secadmin)

    response = client.post(of("role_end", liaison.grants.get()), {"last": last})

    assert response.status_code == 302
    assert liaison.grants.get().last is None


def test_mandate_give_and_end(client, secadmin, liaison, xuzhou_office):
    other = CadreFactory(name="周文渊", unit=xuzhou_office)
    client.force_login(secadmin)
    data = {
        "mandate-cadre": "周文渊",
        "mandate-cadre_id": "",
        "mandate-first": timezone.localdate().isoformat(),
        "mandate-last": (timezone.localdate() + timedelta(days=9)).isoformat(),
    }

    client.post(of("mandate_give", liaison), data)
    mandate = liaison.mandates.get(cadre=other)
    client.post(of("mandate_end", mandate), {"last": ""})

    assert not liaison.mandates.filter(cadre=other).exists()
    assert list(liaison.events.order_by("pk").values_list("kind", flat=True)) == [
        "mandate_given",
        "mandate_ended",
    ]


def test_account_detail_tells_the_history(client, auditor, secadmin, liaison, js):
    client.force_login(secadmin)
    client.post(of("role_grant", liaison), role(js.xuzhou))
    client.force_login(auditor)

    page = client.get(of("account_detail", liaison)).content.decode()

    assert secadmin.name in page
    assert "登记员 · 江苏 / 徐州" in page


@pytest.mark.parametrize("count", [1, 3])
def test_account_list_costs_the_same_for_any_number(
    client, auditor, xuzhou_office, js, count, django_assert_num_queries
):
    for account in AccountFactory.create_batch(count, unit=xuzhou_office):
        RoleGrantFactory(account=account, role=Role.CLERK, place=js.xuzhou)
    client.force_login(auditor)

    with django_assert_num_queries(5):  # session, user, grants, accounts, their grants
        client.get(reverse(LIST))


@pytest.mark.parametrize("count", [1, 3])
def test_account_detail_costs_the_same_for_any_number(
    client, secadmin, liaison, js, count, django_assert_num_queries
):
    for _n in range(count):
        RoleGrantFactory(
            account=liaison, role=Role.CLERK, place=js.xuzhou, first=f"202{_n}-01-01"
        )
        liaison.events.create(kind="changed", by=secadmin)
    client.force_login(secadmin)

    # One of them for a reset of second factors that may wait for them.
    with django_assert_num_queries(9):
        client.get(of("account_detail", liaison))
