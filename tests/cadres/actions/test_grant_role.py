from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from cadres.actions.end_role import end_role
from cadres.actions.grant_role import grant_role
from cadres.models import RoleGrant
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MandateFactory,
    RoleGrantFactory,
    UnitFactory,
    small_jiangsu,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
THREE = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR]


@pytest.fixture
def clerk(xuzhou_office):
    return AccountFactory(username="clerk", name="王伟", unit=xuzhou_office)


def grant(account, by, role, place, **more):
    more = {"first": TODAY} | more
    return grant_role(account, by=by, today=TODAY, role=role, place=place, **more)


def code_of(refusal):
    error = refusal.value
    if hasattr(error, "error_dict"):
        [[found]] = error.error_dict.values()
        return found.code
    return error.code


def test_grant_role_gives_the_permissions_and_records(clerk, secadmin, js):
    grant(clerk, secadmin, Role.CLERK, js.tongshan, first=TODAY, last=TODAY)

    held = clerk.grants.get()
    assert (held.role, held.place, held.last) == ("clerk", js.tongshan, TODAY)
    event = clerk.events.get()
    assert (event.kind, event.by, event.about["role"]) == (
        "role_granted",
        secadmin,
        "clerk",
    )


@pytest.mark.parametrize("held", THREE)
@pytest.mark.parametrize("wanted", THREE)
def test_grant_role_keeps_three_administrators_apart(clerk, secadmin, js, held, wanted):
    grant(clerk, secadmin, held, js.tongshan)

    if held == wanted:
        grant(clerk, secadmin, wanted, js.gulou)
        return
    with pytest.raises(ValidationError) as refusal:
        grant(clerk, secadmin, wanted, js.gulou)
    assert code_of(refusal) == "three_administrators"


def test_grant_role_lets_one_follow_the_other(clerk, secadmin, js):
    grant(clerk, secadmin, Role.AUDITOR, js.xuzhou, last=TODAY)

    grant(
        clerk, secadmin, Role.SYSTEM_ADMIN, js.xuzhou, first=TODAY + timedelta(days=1)
    )

    assert clerk.grants.count() == 2


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(Role.SECURITY_ADMIN, Role.CLERK), (Role.CLERK, Role.SECURITY_ADMIN)],
)
def test_grant_role_leaves_a_security_administrator_alone(
    clerk, secadmin, js, held, wanted
):
    grant(clerk, secadmin, held, js.xuzhou)

    with pytest.raises(ValidationError) as refusal:
        grant(clerk, secadmin, wanted, js.xuzhou)

    assert code_of(refusal) == "three_administrators"


@pytest.mark.parametrize(
    "second", [{"email": "W@x.cn"}, {"email": ""}], ids=["same mail", "same name"]
)
def test_grant_role_sees_the_second_account_of_one_person(
    clerk, secadmin, js, second, xuzhou_office
):
    clerk.email = "w@x.cn"
    clerk.save()
    other = AccountFactory(name="王伟", unit=xuzhou_office, **second)
    grant(clerk, secadmin, Role.AUDITOR, js.xuzhou)

    with pytest.raises(ValidationError) as refusal:
        grant(other, secadmin, Role.SYSTEM_ADMIN, js.xuzhou)

    assert code_of(refusal) == "three_administrators"


def test_grant_role_knows_two_people_of_one_name(clerk, secadmin, js, xuzhou_office):
    clerk.email = "w@x.cn"
    clerk.save()
    other = AccountFactory(name="王伟", unit=xuzhou_office, email="other@x.cn")
    grant(clerk, secadmin, Role.AUDITOR, js.xuzhou)

    grant(other, secadmin, Role.SYSTEM_ADMIN, js.xuzhou)

    assert other.grants.count() == 1


def test_grant_role_refuses_oneself(secadmin, js):
    with pytest.raises(ValidationError) as refusal:
        grant(secadmin, secadmin, Role.SECURITY_ADMIN, js.tongshan)

    assert code_of(refusal) == "self"


def test_grant_role_refuses_what_cannot_be(clerk, secadmin, js):
    yesterday = TODAY - timedelta(days=1)
    cases = {
        "past": {"role": Role.CLERK, "place": js.xuzhou, "first": yesterday},
        "nowhere": {"role": Role.CLERK, "place": None},
        "no_official": {"role": Role.LEADER, "place": None},
    }
    for code, arguments in cases.items():
        with pytest.raises(ValidationError) as refusal:
            grant(clerk, secadmin, **arguments)
        assert code_of(refusal) == code


def test_grant_role_refuses_it_twice_and_to_closed_accounts(clerk, secadmin, js):
    grant(clerk, secadmin, Role.CLERK, js.xuzhou)

    with pytest.raises(ValidationError) as refusal:
        grant(clerk, secadmin, Role.CLERK, js.xuzhou)
    assert code_of(refusal) == "already"
    clerk.is_active = False
    clerk.save()
    with pytest.raises(ValidationError) as refusal:
        grant(clerk, secadmin, Role.HANDLER, js.xuzhou)
    assert code_of(refusal) == "closed"


def test_grant_role_refuses_security_to_who_acts_for_others(clerk, secadmin, js):
    MandateFactory(account=clerk, cadre=CadreFactory())

    with pytest.raises(ValidationError) as refusal:
        grant(clerk, secadmin, Role.SECURITY_ADMIN, js.xuzhou)

    assert code_of(refusal) == "has_mandate"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Role.SYSTEM_ADMIN, Role.AUDITOR),
        (Role.SECURITY_ADMIN, Role.AUDITOR),
        (Role.SECURITY_ADMIN, Role.CLERK),
    ],
)
def test_database_refuses_what_no_action_checked(clerk, js, one, other):
    RoleGrantFactory(account=clerk, role=one, place=js.xuzhou)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrantFactory(account=clerk, role=other, place=js.gulou)


@pytest.mark.django_db(transaction=True)
def test_two_security_administrators_at_once_make_one_grant():
    js = small_jiangsu()
    office = UnitFactory(place=js.xuzhou)
    clerk = AccountFactory(unit=office)
    admins = [AccountFactory(unit=office), AccountFactory(unit=office)]
    start, refused = Barrier(2), []

    def work(by, role):
        try:
            start.wait()
            grant(clerk, by, role, js.xuzhou)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [
        Thread(target=work, args=pair)
        for pair in zip(admins, [Role.SYSTEM_ADMIN, Role.AUDITOR], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert RoleGrant.objects.filter(account=clerk).count() == 1
    assert len(refused) == 1


def test_end_role_ends_at_once_or_on_a_day(clerk, secadmin, js):
    held = RoleGrantFactory(account=clerk, role=Role.CLERK, place=js.xuzhou)

    end_role(held, by=secadmin, today=TODAY, last=TODAY + timedelta(days=5))
    held.refresh_from_db()
    assert held.last == TODAY + timedelta(days=5)
    end_role(held, by=secadmin, today=TODAY)

    held.refresh_from_db()
    assert held.last == TODAY - timedelta(days=1)
    assert [it.kind for it in clerk.events.all()] == ["role_ended", "role_ended"]


def test_end_role_deletes_what_has_not_begun(clerk, secadmin, js):
    grant(clerk, secadmin, Role.CLERK, js.xuzhou)

    end_role(clerk.grants.get(), by=secadmin, today=TODAY)

    assert not clerk.grants.exists()
    assert clerk.events.filter(kind="role_ended").exists()


def test_end_role_refuses_ones_own_and_what_is_over(clerk, secadmin, js):
    with pytest.raises(ValidationError) as refusal:
        end_role(secadmin.grants.get(), by=secadmin, today=TODAY)
    assert code_of(refusal) == "self"

    over = RoleGrantFactory(
        account=clerk, role=Role.CLERK, place=js.xuzhou, last=date(2025, 1, 1)
    )
    with pytest.raises(ValidationError) as refusal:
        end_role(over, by=secadmin, today=TODAY)
    assert code_of(refusal) == "over"
