"""From where an act came, in words: a page, a command, or the database itself."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# How the names of addresses begin; the longest that fits counts.
PAGES: dict[str, str | Promise] = {
    "account_change_password": gettext_lazy("Change password"),
    "account_inactive": gettext_lazy("This account is closed"),
    "account_login": gettext_lazy("Sign in"),
    "account_logout": gettext_lazy("Sign out"),
    "account_reauthenticate": gettext_lazy("Is it you?"),
    "mfa_": gettext_lazy("My sign-in and security"),
    "mfa_authenticate": gettext_lazy("Second factor"),
    "mfa_login_webauthn": gettext_lazy("Sign in with a passkey"),
    "factor_": gettext_lazy("My sign-in and security"),
    "openid_connect_": gettext_lazy("Sign-in at the identity provider"),
    "session_end": gettext_lazy("My sign-in and security"),
    "session_state": gettext_lazy("Sign-in kept alive"),
    "sessions_end": gettext_lazy("My sign-in and security"),
    "set_language": gettext_lazy("Language"),
    "signed_in_again": gettext_lazy("You have confirmed who you are"),
    "welcome": gettext_lazy("Welcome, with an invitation"),
    "policy_report": gettext_lazy("State of the installation"),
    "roles": gettext_lazy("What each role may do"),
    "cadres:account_": gettext_lazy("Accounts"),
    "cadres:cadre_": gettext_lazy("Officials"),
    "cadres:calendar_days": gettext_lazy("Working calendar"),
    "cadres:factor_reset_": gettext_lazy("Accounts"),
    "cadres:incident_": gettext_lazy("Incidents of personal data"),
    "cadres:invitation_": gettext_lazy("Accounts"),
    "cadres:mandate_": gettext_lazy("Accounts"),
    "cadres:own_mandate": gettext_lazy("People who act for me"),
    "cadres:place_": gettext_lazy("Places"),
    "cadres:review_": gettext_lazy("Reviews of accounts"),
    "cadres:role_": gettext_lazy("Accounts"),
    "cadres:settings": gettext_lazy("Settings"),
    "cadres:sign_in_rules": gettext_lazy("Rules of sign-in"),
    "cadres:unit_": gettext_lazy("Units"),
    "visits:absence_": gettext_lazy("Absences"),
    "visits:access_": gettext_lazy("All looks"),
    "visits:action_": gettext_lazy("Unified actions"),
    "visits:audit_": gettext_lazy("Audit log"),
    "visits:board_": gettext_lazy("Calendar"),
    "visits:calendar": gettext_lazy("Calendar"),
    "visits:calendar_day_": gettext_lazy("Working calendar"),
    "visits:clock_rule": gettext_lazy("Rules of the legal clocks"),
    "visits:content_subject": gettext_lazy("Subjects of letters"),
    "visits:data_request_": gettext_lazy("Requests about data"),
    "visits:draft_": gettext_lazy("Letters"),
    "visits:export_": gettext_lazy("Exports"),
    "visits:feed": gettext_lazy("Calendar address"),
    "visits:feedback": gettext_lazy("Complaints and suggestions"),
    "visits:filed_": gettext_lazy("Filed reports"),
    "visits:hold_": gettext_lazy("Leader-held matters"),
    "visits:identity_masks": gettext_lazy("Masked soon"),
    "visits:investigation_": gettext_lazy("Investigations"),
    "visits:job_": gettext_lazy("State of the installation"),
    "visits:lesson_": gettext_lazy("What worked here"),
    "visits:letter_": gettext_lazy("Letters"),
    "visits:link_": gettext_lazy("Letters"),
    "visits:lookup": gettext_lazy("How far is my letter?"),
    "visits:matter_": gettext_lazy("Matters"),
    "visits:named_party_": gettext_lazy("Letters"),
    "visits:notice_": gettext_lazy("Notices"),
    "visits:own_list_": gettext_lazy("Lists I keep"),
    "visits:paper_template": gettext_lazy("Templates of papers"),
    "visits:pressure_": gettext_lazy("Reports of pressure"),
    "visits:problem_": gettext_lazy("Problems of investigations"),
    "visits:question_": gettext_lazy("Open questions"),
    "visits:rating_": gettext_lazy("Ratings"),
    "visits:record": gettext_lazy("My grassroots record"),
    "visits:recusal_": gettext_lazy("Stepping back"),
    "visits:report_": gettext_lazy("Reports"),
    "visits:seal": gettext_lazy("Sealed letters"),
    "visits:search": gettext_lazy("Search"),
    "visits:series_": gettext_lazy("Recurring visits"),
    "visits:session_": gettext_lazy("Reception sessions"),
    "visits:status": gettext_lazy("State of the installation"),
    "visits:study_area": gettext_lazy("Subject areas of investigations"),
    "visits:talk_": gettext_lazy("Policy talks"),
    "visits:talk_format": gettext_lazy("Forms of talk"),
    "visits:target_": gettext_lazy("Targets"),
    "visits:today": gettext_lazy("Today"),
    "visits:visit_": gettext_lazy("Visits"),
    "visits:where_to_go": gettext_lazy("Where to go"),
    "visits:word": gettext_lazy("Is it settled?"),
    "visits:yearly_review": gettext_lazy("Yearly review"),
}
COMMAND = "manage.py:"


def source_in_words(source: str) -> str:
    if source.startswith(COMMAND):
        name = source.removeprefix(COMMAND)
        return _("Command on the server: %(name)s") % {"name": name}
    fitting = [it for it in PAGES if source.startswith(it)]
    if fitting:
        return str(PAGES[max(fitting, key=len)])
    if ":" not in source and source:
        return _("Outside of any page, as %(name)s") % {"name": source}
    return source
