import pytest
from django.urls import reverse
from django.utils import translation

from cadres.rules.roles import Role
from config.permissions import GRANTS, WORDS, roles_in_words
from tests.factories import AccountFactory, RoleGrantFactory


def test_every_role_and_permission_is_told_in_words():
    assert set(GRANTS) == set(Role.values)
    assert set(WORDS) == set().union(*GRANTS.values())
    assert [role.label for role in roles_in_words()] == list(Role.labels)


def test_the_three_administrators_share_no_power():
    common = GRANTS[Role.AUDITOR] - {
        "cadres.read_audit",
        "cadres.view_account",
        "cadres.view_incident",
        "visits.audit_access",
    }
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        assert GRANTS[role] >= common
        assert not GRANTS[role] & {"cadres.read_audit", "visits.audit_access"}
    assert not GRANTS[Role.SYSTEM_ADMIN] & {"cadres.manage_roles"}
    assert not GRANTS[Role.SECURITY_ADMIN] & {"cadres.manage_accounts"}
    assert not GRANTS[Role.AUDITOR] & {"cadres.manage_accounts", "cadres.manage_roles"}


@pytest.mark.django_db
def test_roles_page_is_for_whoever_is_signed_in(client):
    assert client.get(reverse("roles")).url.startswith(reverse("account_login"))
    client.force_login(AccountFactory())

    with translation.override("zh-hans"):
        page = client.get(reverse("roles")).content.decode()

    assert "检举控告专办员" in page
    assert "授予和终止角色与委托" in page


@pytest.mark.django_db
def test_a_role_holds_from_its_first_to_its_last_day():
    account = AccountFactory()
    grant = RoleGrantFactory(account=account, role=Role.CLERK, last="2025-12-31")

    assert not account.has_perm("visits.view_visit")
    grant.last = None
    grant.save()
    del account.grants_today
    assert account.has_perm("visits.view_visit")
    account.is_active = False
    assert not account.has_perm("visits.view_visit")
    assert account.scopes("visits.view_visit") == []
