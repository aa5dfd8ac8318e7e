"""Who may do what. No other place gives a role a permission.

Where a role holds (a subtree of places, a unit, or only the account's own official)
stands in each `RoleGrant`; `visible_to` of each noun narrows rows by it.
"""

from dataclasses import dataclass
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Scope
from cadres.rules.roles import Role

# `…_for_scope` and `report_on_scope` reach all officials of the role's place or unit;
# without them, planning and reports reach oneself and those one has a mandate for.
EVERYONE = {"cadres.view_district", "visits.search"}
PEOPLE = EVERYONE | {"cadres.view_cadre"}
TRIPS = PEOPLE | {"visits.view_visit", "visits.view_investigation"}
FIELD = TRIPS | {
    "visits.plan_visit",
    "visits.log_visit",
    "visits.record_absence",
    "visits.plan_action",
    "visits.view_official_report",
    "visits.open_report_rows",
}
# `ReceptionSession.objects.visible_to` says which; what is public needs no role.
SESSIONS = {"visits.view_session"}
PLANNING = SESSIONS | {"visits.plan_session"}
# `Investigation.objects.visible_to` and `Problem.objects.visible_to` say which.
WORKING = {"visits.handle_problem"}
STUDYING = WORKING | {"visits.lead_investigation"}
# A letter's rows come from `Letter.objects.visible_to`; these say what for.
LETTERS = {"visits.view_letter", "visits.search_letters", "visits.report_pressure"}
HANDLING = LETTERS | {"visits.handle_letter", "visits.draft_letter"}
# As with letters: `Matter.objects.visible_to` says which, these say what for.
MATTERS = {"visits.view_matter"}
DECIDING = MATTERS | {"visits.decide_matter"}
HEARING = MATTERS | {"visits.hear_matter"}
GRANTS: dict[str, set[str]] = {
    Role.LEADER: FIELD
    | STUDYING
    | LETTERS
    | DECIDING
    | SESSIONS
    | {
        "visits.raise_matter",
        "visits.approve_visit",
        "visits.confirm_visit",
        "visits.hold_letter",
        "visits.approve_export",
        "cadres.give_mandate",
    },
    Role.LIAISON: FIELD | STUDYING | DECIDING | PLANNING,
    Role.CLERK: TRIPS
    | LETTERS
    | SESSIONS
    | {"visits.register_letter", "visits.book_session"},
    Role.PETITION_OFFICER: TRIPS
    | LETTERS
    | HEARING
    | PLANNING
    | {
        "visits.book_session",
        "visits.raise_matter",
        "visits.register_letter",
        "visits.route_letter",
        "visits.open_identity",
        "visits.name_holder",
        "visits.view_ratings",
        "visits.view_clock_rules",
        "visits.edit_document_templates",
    },
    Role.HANDLER: TRIPS
    | WORKING
    | HANDLING
    | MATTERS
    | {"visits.handle_matter", "visits.open_identity"},
    Role.UNIT_HEAD: TRIPS
    | WORKING
    | HANDLING
    | MATTERS
    | {
        "visits.handle_matter",
        "visits.head_letter",
        "visits.see_targets",
        "visits.view_clock_rules",
        "visits.name_unit",
        "visits.open_identity",
        "visits.edit_document_templates",
        "visits.approve_visit",
        "visits.approve_for_scope",
        "visits.view_official_report",
        "visits.report_on_scope",
        "visits.open_report_rows",
        "visits.approve_export",
    },
    Role.REVIEW_OFFICER: PEOPLE
    | LETTERS
    | {"visits.review_letter", "visits.open_identity"},
    Role.SEAL_OFFICER: PEOPLE
    | LETTERS
    | {"visits.seal_letter", "visits.open_identity"},
    Role.DISTRICT_ADMIN: FIELD
    | HEARING
    | {
        "visits.oversee_matter",
        "cadres.edit_calendar",
        "cadres.edit_settings",
        "cadres.edit_cadre",
        "cadres.edit_unit",
        "visits.approve_visit",
        "visits.approve_for_scope",
        "visits.plan_for_scope",
        "visits.report_on_scope",
        "visits.approve_export",
        "visits.view_district_report",
        "visits.view_ratings",
        "visits.view_clock_rules",
        "visits.edit_clock_rules",
        "visits.edit_subjects",
        "visits.edit_talk_formats",
        "visits.edit_study_areas",
        "visits.set_targets",
        "visits.report_pressure",
    },
    Role.REPORT_READER: EVERYONE | {"visits.view_district_report"},
    Role.SYSTEM_ADMIN: EVERYONE
    | {"cadres.view_account", "cadres.manage_accounts", "visits.read_feedback"}
    | {"visits.view_operation", "cadres.edit_reference"},
    Role.SECURITY_ADMIN: EVERYONE
    | {
        "cadres.view_account",
        "cadres.manage_roles",
        "cadres.edit_sign_in_rules",
        "cadres.review_access",
        "cadres.confirm_reset",
        "cadres.view_incident",
        "cadres.keep_incident",
    },
    Role.AUDITOR: EVERYONE
    | {
        "cadres.read_audit",
        "cadres.view_account",
        "cadres.view_incident",
        "visits.audit_access",
    },
}

# What each permission lets one do, for the page of the roles.
WORDS: dict[str, str | Promise] = {
    "cadres.view_district": _("look up places"),
    "visits.search": _("search officials, places and visits"),
    "cadres.view_cadre": _("see officials in reach"),
    "cadres.edit_cadre": _("enter and change officials"),
    "cadres.edit_unit": _("enter and change units"),
    "cadres.edit_calendar": _("keep the calendar of working days"),
    "cadres.edit_settings": _("change settings"),
    "cadres.give_mandate": _("say who acts for oneself"),
    "cadres.view_account": _("see accounts, their roles and their history"),
    "cadres.manage_accounts": _("open, change and close accounts, invite their owners"),
    "cadres.manage_roles": _("give and end roles and mandates, never one’s own"),
    "cadres.read_audit": _("read the audit log, and nothing of what it is about"),
    "cadres.edit_sign_in_rules": _(
        "set the rules of passwords, sessions and second factors"
    ),
    "cadres.review_access": _("review each quarter who holds which role"),
    "cadres.confirm_reset": _(
        "confirm that a lost second factor is reset, as the second of two people"
    ),
    "cadres.view_incident": _("read the record of incidents of personal data"),
    "cadres.keep_incident": _("keep the record of incidents of personal data"),
    "visits.view_visit": _("see visits in reach, unannounced ones only if involved"),
    "visits.plan_visit": _("plan visits for oneself or by mandate"),
    "visits.plan_for_scope": _("plan visits for all officials in the area"),
    "visits.plan_action": _("plan unified actions"),
    "visits.log_visit": _("log visits"),
    "visits.record_absence": _("record absences"),
    "visits.approve_visit": _("approve one’s own visits"),
    "visits.approve_for_scope": _("approve visits of the area or unit"),
    "visits.confirm_visit": _("confirm the log of one’s own visits"),
    "visits.view_official_report": _("read reports on officials"),
    "visits.report_on_scope": _("read reports on all officials of the area or unit"),
    "visits.view_district_report": _("read reports on places"),
    "visits.open_report_rows": _("open the visits behind a figure"),
    "visits.approve_export": _(
        "let reports and lists out as files, one’s own and others’"
    ),
    "visits.view_session": _("see the reception sessions of one’s desk, or one’s own"),
    "visits.plan_session": _("plan and publish reception sessions, enter results"),
    "visits.book_session": _("book places at reception sessions for people"),
    "visits.view_letter": _("open letters that are in one’s hands"),
    "visits.search_letters": _("search the letters in one’s hands"),
    "visits.register_letter": _("register letters, calls and visits"),
    "visits.route_letter": _(
        "sort, forward, assign, urge, supervise and archive letters"
    ),
    "visits.handle_letter": _("handle the letters of one’s unit"),
    "visits.draft_letter": _("draft opinions and extensions"),
    "visits.head_letter": _("approve opinions and extensions of one’s unit"),
    "visits.name_unit": _("name the unit in charge when units below disagree"),
    "visits.review_letter": _("review and re-review what one never handled"),
    "visits.seal_letter": _("keep sealed letters, and hand them on by two"),
    "visits.hold_letter": _("hold matters until they are dealt with"),
    "visits.name_holder": _("give a matter into a leader’s hands"),
    "visits.view_matter": _("follow the on-the-spot matters that are one’s business"),
    "visits.raise_matter": _("put what a letter asks for before a leader"),
    "visits.decide_matter": _("decide and assign matters, approve later dates"),
    "visits.handle_matter": _("do the matters of one’s unit and report on them"),
    "visits.hear_matter": _("ask the people about matters one never handled"),
    "visits.oversee_matter": _("see the matters of the area, draw samples of them"),
    "visits.view_investigation": _(
        "see investigations in reach, and one’s unit’s part"
    ),
    "visits.lead_investigation": _("lead investigations, or write for who does"),
    "visits.handle_problem": _(
        "work on problems for one’s unit, answer them from above"
    ),
    "visits.open_identity": _("open a petitioner’s name, with a reason on record"),
    "visits.audit_access": _(
        "read who looked at names and sealed letters, and who exported what"
    ),
    "visits.edit_document_templates": _("replace the papers’ templates"),
    "visits.view_clock_rules": _("read the rules of the legal clocks"),
    "visits.edit_clock_rules": _("enter rules of the legal clocks"),
    "visits.edit_subjects": _("extend the list of subjects of letters"),
    "visits.edit_talk_formats": _("extend the list of forms of talk"),
    "visits.edit_study_areas": _("extend the list of subject areas"),
    "visits.set_targets": _("set targets for ranks and officials of the area"),
    "visits.see_targets": _("see what is due of the targets of one’s unit’s officials"),
    "visits.view_ratings": _("read how petitioners rate the work, in totals"),
    "visits.report_pressure": _("report pressure to the organ above"),
    "cadres.edit_reference": _("edit tables of reference, where the admin site is on"),
    "visits.view_operation": _("see the state of the installation, run jobs again"),
    "visits.read_feedback": _("read complaints and suggestions"),
}


@dataclass(frozen=True)
class RoleInWords:
    label: str | Promise
    may: list[str | Promise]


def roles_in_words() -> list[RoleInWords]:
    return [
        RoleInWords(role.label, [WORDS[perm] for perm in WORDS if perm in GRANTS[role]])
        for role in Role
    ]


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in as allauth does; `user.has_perm()` and `perms` answer from GRANTS."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, Account) or not user_obj.is_active:
            return set()
        granted = {grant.role for grant in user_obj.grants_today}
        return set().union(*(GRANTS[role] for role in granted))

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, Account) or not user_obj.is_active:
            return False
        return any(perm in GRANTS[grant.role] for grant in user_obj.grants_today)

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
