"""The kinds of notices in groups, as far as they may ever reach someone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Notice

K = Notice.Kind


@dataclass(frozen=True)
class NoticeGroup:
    """`needs`: the permissions of which one at least brings such notices; none: all."""

    label: str | Promise
    needs: tuple[str, ...]
    kinds: tuple[Notice.Kind, ...]


GROUPS = (
    NoticeGroup(
        _("Legal limits and letters"),
        ("visits.view_letter",),
        (
            K.NEAR_LIMIT,
            K.LATE,
            K.MOVED_EARLIER,
            K.ROUTED,
            K.DECISION,
            K.RETURNED,
            K.URGENT,
            K.URGED,
            K.SUPERVISED,
            K.OPINION,
            K.REPORTED,
            K.CALL,
            K.UNPROVEN,
            K.TO_CLOSE,
            K.TARGET_NEAR,
            K.TARGET_LATE,
        ),
    ),
    NoticeGroup(
        _("Stepping back, pressure, dissolved units"),
        ("visits.view_letter", "visits.report_pressure"),
        (K.RECUSAL, K.VACANT, K.PRESSURE, K.TAKEN_OVER, K.LEFT_BEHIND),
    ),
    NoticeGroup(
        _("Leader-held matters"),
        ("visits.hold_letter", "visits.name_holder", "visits.decide_matter"),
        (K.HELD, K.HOLD_NEAR, K.HOLD_LATE),
    ),
    NoticeGroup(
        _("On-the-spot matters"),
        ("visits.view_matter",),
        (
            K.MATTER_NEW,
            K.MATTER_WAITS,
            K.MATTER_ANSWER,
            K.MATTER_BACK,
            K.MATTER_NEAR,
            K.MATTER_LATE,
            K.MATTER_CALL,
        ),
    ),
    NoticeGroup(
        _("Promised answers"),
        ("visits.view_visit",),
        (K.QUESTION_NEAR, K.QUESTION_LATE),
    ),
    NoticeGroup(
        _("Problems of investigations"),
        ("visits.handle_problem", "visits.lead_investigation"),
        (
            K.PROBLEM_UP,
            K.PROBLEM_REPLY,
            K.PROBLEM_NEW,
            K.PROBLEM_NEAR,
            K.PROBLEM_LATE,
        ),
    ),
    NoticeGroup(
        _("Reception sessions"),
        ("visits.view_session",),
        (K.SESSION_OFF, K.SESSION_MOVED, K.SESSION_LEAD),
    ),
    NoticeGroup(
        _("Exports"),
        ("visits.view_district_report", "visits.view_official_report"),
        (K.EXPORT_READY, K.EXPORT_FAILED, K.EXPORT_LET),
    ),
    NoticeGroup(_("Sign-in and accounts"), (), (K.ACCOUNT,)),
    NoticeGroup(
        _("Accounts of others"),
        ("cadres.manage_accounts", "cadres.confirm_reset"),
        (K.FACTOR_RESET,),
    ),
)


def groups_for(user: Account) -> list[NoticeGroup]:
    return [
        it
        for it in GROUPS
        if not it.needs or any(user.has_perm(perm) for perm in it.needs)
    ]
