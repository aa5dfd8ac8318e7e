from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from cadres.actions.change_account import change_account, mark_of
from cadres.actions.close_account import close_account, reopen_account
from cadres.actions.end_mandate import end_mandate
from cadres.actions.give_mandate import give_mandate
from cadres.actions.open_account import open_account, random_password
from cadres.actions.reset_password import reset_password
from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MandateFactory,
    RoleGrantFactory,
)

pytestmark = pytest.mark.django_db

GOOD = "yun-long-hu-2026"
TODAY = date(2026, 11, 24)


def codes(refusal):
    error = refusal.value
    if hasattr(error, "error_dict"):
        return {
            name: [it.code for it in found] for name, found in error.error_dict.items()
        }
    return error.code


def test_open_account_may_sign_in_and_do_nothing(sysadmin, xuzhou_office):
    account = open_account(
        by=sysadmin, username="zhang", name="张三", password=GOOD, unit=xuzhou_office
    )

    assert account.check_password(GOOD)
    assert not account.has_perm("cadres.view_district")
    assert [(it.kind, it.by) for it in account.events.all()] == [("opened", sysadmin)]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("password123", "password_too_common"),
        ("zhangsanfeng", "password_too_similar"),
    ],
)
def test_open_account_asks_the_validators(sysadmin, xuzhou_office, password, code):
    with pytest.raises(ValidationError) as refusal:
        open_account(
            by=sysadmin,
            username="zhangsanfeng",
            name="张三丰",
            password=password,
            unit=xuzhou_office,
        )

    assert codes(refusal) == {"password": [code]}
    assert not Account.objects.filter(username="zhangsanfeng").exists()


def test_open_account_takes_no_name_twice_whatever_its_case(sysadmin, xuzhou_office):
    AccountFactory(username="Zhang")

    with pytest.raises(ValidationError):
        open_account(
            by=sysadmin, username="zhang", name="张", password=GOOD, unit=xuzhou_office
        )


def test_open_account_gives_one_official_one_account(sysadmin, leader, xuzhou_office):
    with pytest.raises(ValidationError) as refusal:
        open_account(
            by=sysadmin,
            username="zweite",
            name="x",
            password=GOOD,
            unit=xuzhou_office,
            cadre=leader.cadre,
        )

    assert codes(refusal) == {"cadre": ["unique"]}


def test_random_password_is_accepted_and_never_twice():
    found = {random_password() for _i in range(50)}

    assert len(found) == 50
    assert {len(it) for it in found} == {19}


def test_close_account_twice_or_ones_own_is_refused(sysadmin, liaison):
    close_account(liaison, by=sysadmin)

    with pytest.raises(ValidationError) as refusal:
        close_account(liaison, by=sysadmin)
    assert codes(refusal) == "already"
    with pytest.raises(ValidationError) as refusal:
        close_account(sysadmin, by=sysadmin)
    assert codes(refusal) == "self"


def test_reopen_account_needs_a_new_password(sysadmin, liaison):
    close_account(liaison, by=sysadmin)
    old = liaison.get_session_auth_hash()

    reopen_account(liaison, by=sysadmin, password=GOOD)

    liaison.refresh_from_db()
    assert liaison.is_active
    assert liaison.get_session_auth_hash() != old
    with pytest.raises(ValidationError):
        reopen_account(liaison, by=sysadmin, password=GOOD)


def test_reset_password_is_not_for_closed_accounts(sysadmin, liaison):
    reset_password(liaison, by=sysadmin, password=GOOD)
    liaison.refresh_from_db()
    assert liaison.check_password(GOOD)
    close_account(liaison, by=sysadmin)

    with pytest.raises(ValidationError) as refusal:
        reset_password(liaison, by=sysadmin, password=GOOD)

    assert codes(refusal) == "closed"


def test_change_account_refuses_a_stale_form(sysadmin, liaison):
    known = {"username": "liaison", "unit": liaison.unit, "by": sysadmin}
    seen = mark_of(liaison)
    change_account(liaison, name="他改的", seen=seen, **known)

    with pytest.raises(ValidationError) as refusal:
        change_account(liaison, name="我改的", seen=seen, **known)

    assert codes(refusal) == "stale"
    liaison.refresh_from_db()
    assert liaison.name == "他改的"


def test_change_account_does_not_join_two_administrators(
    sysadmin, auditor, secadmin, xuzhou_office
):
    auditor.email = "a@x.cn"
    auditor.save()

    with pytest.raises(ValidationError) as refusal:
        change_account(
            sysadmin,
            by=secadmin,
            seen=mark_of(sysadmin),
            username="sysadmin",
            name=sysadmin.name,
            unit=xuzhou_office,
            email="A@X.cn",
        )

    assert codes(refusal) == "three_administrators"


def give(account, cadre, by, **more):
    return give_mandate(
        **{"by": by, "today": TODAY, "account": account, "cadre": cadre, "first": TODAY}
        | more
    )


def test_give_mandate_holds_to_its_last_day(leader, xuzhou_office):
    account = AccountFactory(unit=xuzhou_office)

    mandate = give(account, leader.cadre, leader, last=TODAY + timedelta(days=3))

    assert mandate in account.mandates.active(on=TODAY + timedelta(days=3))
    assert mandate not in account.mandates.active(on=TODAY + timedelta(days=4))
    assert account.events.get().about["whom"] == leader.cadre.name


def test_give_mandate_refuses_what_cannot_be(leader, secadmin, xuzhou_office):
    account = AccountFactory(unit=xuzhou_office)
    closed = AccountFactory(unit=xuzhou_office, is_active=False)
    MandateFactory(account=account, cadre=leader.cadre)
    other = CadreFactory(unit=xuzhou_office)
    RoleGrantFactory(account=account, role=Role.SECURITY_ADMIN, first=date(2027, 1, 1))
    cases = [
        ({"account": leader, "cadre": other}, {"account": ["self"]}),
        ({"account": closed, "cadre": other}, {"account": ["closed"]}),
        ({"account": account, "cadre": leader.cadre}, {"first": ["already"]}),
        ({"account": account, "cadre": other}, {"account": ["security_admin"]}),
        (
            {"account": account, "cadre": other, "first": date(2026, 11, 23)},
            {"first": ["past"]},
        ),
    ]
    for arguments, expected in cases:
        with pytest.raises(ValidationError) as refusal:
            give(by=leader, **arguments)
        assert codes(refusal) == expected
    with pytest.raises(ValidationError) as refusal:
        give(leader, leader.cadre, secadmin)
    assert codes(refusal) == {"cadre": ["own"]}


def test_end_mandate_ends_at_once(liaison, leader):
    mandate = liaison.mandates.get()

    end_mandate(mandate, by=leader, today=TODAY)

    assert not liaison.mandates.active(on=TODAY).exists()
    assert liaison.events.get().kind == "mandate_ended"


def test_end_mandate_does_not_lengthen(liaison, leader):
    mandate = liaison.mandates.get()
    mandate.last = TODAY
    mandate.save()

    with pytest.raises(ValidationError) as refusal:
        end_mandate(mandate, by=leader, today=TODAY, last=TODAY + timedelta(days=9))

    assert codes(refusal) == {"last": ["later"]}
