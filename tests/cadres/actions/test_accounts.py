from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from cadres.actions.change_account import change_account, mark_of
from cadres.actions.close_account import close_account, reopen_account
from cadres.actions.end_mandate import end_mandate
from cadres.actions.give_mandate import give_mandate
from cadres.actions.invite import accept_invitation, end_invitation, invite_account
from cadres.actions.open_account import open_account
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MandateFactory,
    RoleGrantFactory,
)

pytestmark = pytest.mark.django_db

GOOD = "Yun-long-hu-2026"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def codes(refusal):
    error = refusal.value
    if hasattr(error, "error_dict"):
        return {
            name: [it.code for it in found] for name, found in error.error_dict.items()
        }
    return error.code


def test_open_account_lets_nobody_in_before_its_invitation(sysadmin, xuzhou_office):
    invited = open_account(
        by=sysadmin, now=NOW, username="zhang", name="张三", unit=xuzhou_office
    )

    account = invited.invitation.account
    assert not account.has_usable_password()
    assert not account.has_perm("cadres.view_district")
    events = account.events.order_by("pk").values_list("kind", "by")
    assert list(events) == [("opened", sysadmin.pk), ("invited", sysadmin.pk)]


def test_open_account_takes_no_name_twice_whatever_its_case(sysadmin, xuzhou_office):
    AccountFactory(username="Zhang")

    with pytest.raises(ValidationError):
        open_account(
            by=sysadmin, now=NOW, username="zhang", name="张", unit=xuzhou_office
        )


def test_open_account_gives_one_official_one_account(sysadmin, leader, xuzhou_office):
    with pytest.raises(ValidationError) as refusal:
        open_account(
            by=sysadmin,
            now=NOW,
            username="zweite",
            name="x",
            unit=xuzhou_office,
            cadre=leader.cadre,
        )

    assert codes(refusal) == {"cadre": ["unique"]}


def test_close_account_twice_or_ones_own_is_refused(sysadmin, liaison):
    close_account(liaison, by=sysadmin, now=NOW)

    with pytest.raises(ValidationError) as refusal:
        close_account(liaison, by=sysadmin, now=NOW)
    assert codes(refusal) == "already"
    with pytest.raises(ValidationError) as refusal:
        close_account(sysadmin, by=sysadmin, now=NOW)
    assert codes(refusal) == "self"


def test_reopen_account_takes_a_new_password(sysadmin, liaison):
    liaison.set_password(GOOD)
    liaison.save()
    close_account(liaison, by=sysadmin, now=NOW)

    invited = reopen_account(liaison, by=sysadmin, now=NOW)

    liaison.refresh_from_db()
    assert liaison.is_active
    assert not liaison.has_usable_password()
    with pytest.raises(ValidationError) as refusal:
        reopen_account(liaison, by=sysadmin, now=NOW)
    assert codes(refusal) == "already"
    with pytest.raises(ValidationError) as refusal:
        accept(invited, password=GOOD)
    assert codes(refusal) == {"password": ["policy"]}
    assert accept(invited, password="Hai-an-2026!") == liaison


def accept(invited, *, password="Hai-an-2026!", now=NOW, **more):
    username = invited.invitation.account.username
    return accept_invitation(
        **{"username": username, "code": invited.code, "password": password, "now": now}
        | more
    )


def test_an_invitation_is_used_once_by_the_one_it_names(sysadmin, liaison, leader):
    first = invite_account(liaison, by=sysadmin, now=NOW)
    cases = {
        "another name": (first, {"username": leader.username}),
        "another code": (first, {"code": "2222-2222-2222-2222"}),
        "no code": (first, {"code": "!"}),
        "too late": (first, {"now": NOW + timedelta(days=7, seconds=1)}),
    }
    for case, (invited, more) in cases.items():
        with pytest.raises(ValidationError) as refusal:
            accept(invited, **more)
        assert codes(refusal) == "no_invitation", case
    second = invite_account(liaison, by=sysadmin, now=NOW)
    with pytest.raises(ValidationError):
        accept(first)
    assert accept(second, code=second.code.upper().replace("-", " ")) == liaison
    with pytest.raises(ValidationError):
        accept(second)
    third = invite_account(liaison, by=sysadmin, now=NOW)
    end_invitation(liaison, by=sysadmin, now=NOW)
    with pytest.raises(ValidationError):
        accept(third)
    with pytest.raises(ValidationError) as refusal:
        end_invitation(liaison, by=sysadmin, now=NOW)
    assert codes(refusal) == "none"
    with pytest.raises(ValidationError) as refusal:
        invite_account(sysadmin, by=sysadmin, now=NOW)
    assert codes(refusal) == "self"
    close_account(liaison, by=sysadmin, now=NOW)
    with pytest.raises(ValidationError) as refusal:
        invite_account(liaison, by=sysadmin, now=NOW)
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
