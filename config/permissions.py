"""Who may do what. No other place gives a role a permission.

Where a role holds (a subtree of places, a unit, or only the account's own official)
stands in each `RoleGrant`; `visible_to` of each noun narrows rows by it.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from cadres.models import Account, Scope
from cadres.rules.roles import Role

# `…_for_scope` and `report_on_scope` reach all officials of the role's place or unit;
# without them, planning and reports reach oneself and those one has a mandate for.
EVERYONE = {"cadres.view_district", "visits.give_feedback", "visits.search"}
PEOPLE = EVERYONE | {"cadres.view_cadre"}
TRIPS = PEOPLE | {"visits.view_visit"}
FIELD = TRIPS | {
    "visits.plan_visit",
    "visits.log_visit",
    "visits.record_absence",
    "visits.plan_action",
    "visits.view_official_report",
    "visits.open_report_rows",
}
GRANTS: dict[str, set[str]] = {
    Role.LEADER: FIELD
    | {"visits.approve_visit", "visits.confirm_visit", "cadres.give_mandate"},
    Role.LIAISON: FIELD,
    Role.CLERK: TRIPS,
    Role.PETITION_OFFICER: TRIPS,
    Role.HANDLER: TRIPS,
    Role.UNIT_HEAD: TRIPS
    | {
        "visits.approve_visit",
        "visits.approve_for_scope",
        "visits.view_official_report",
        "visits.report_on_scope",
        "visits.open_report_rows",
    },
    Role.REVIEW_OFFICER: PEOPLE,
    Role.SEAL_OFFICER: PEOPLE,
    Role.DISTRICT_ADMIN: FIELD
    | {
        "cadres.edit_calendar",
        "cadres.edit_settings",
        "cadres.edit_cadre",
        "cadres.edit_unit",
        "visits.approve_visit",
        "visits.approve_for_scope",
        "visits.plan_for_scope",
        "visits.report_on_scope",
        "visits.view_district_report",
    },
    Role.REPORT_READER: EVERYONE | {"visits.view_district_report"},
    Role.SYSTEM_ADMIN: EVERYONE
    | {"cadres.view_account", "cadres.manage_accounts", "visits.read_feedback"},
    Role.SECURITY_ADMIN: EVERYONE | {"cadres.view_account", "cadres.manage_roles"},
    Role.AUDITOR: EVERYONE | {"cadres.view_account"},
}


class RoleBackend(AuthenticationBackend):
    """Signs in as allauth does; `user.has_perm()` and `perms` answer from GRANTS."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, Account) or not user_obj.is_active:
            return set()
        granted = {grant.role for grant in user_obj.grants_today}
        return set().union(*(GRANTS[role] for role in granted))

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(
            perm.startswith(f"{app_label}.")
            for perm in self.get_all_permissions(user_obj)
        )

    def scopes(self, user_obj: Account, perm: str) -> list[Scope]:
        """Where the account holds `perm` today, one for each role that gives it."""
        return [
            Scope(grant.place, grant.unit_id)
            for grant in user_obj.grants_today
            if perm in GRANTS[grant.role]
        ]
