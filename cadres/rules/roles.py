"""The roles of the domain handbook, section 3; what each may: config/permissions.py."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    LEADER = "leader", _("Leading official")
    LIAISON = "liaison", _("Liaison officer")
    CLERK = "clerk", _("Intake clerk")
    PETITION_OFFICER = "petition_officer", _("Petition officer")
    HANDLER = "handler", _("Handler")
    UNIT_HEAD = "unit_head", _("Head of unit")
    REVIEW_OFFICER = "review_officer", _("Review officer")
    SEAL_OFFICER = "seal_officer", _("Seal officer")
    DISTRICT_ADMIN = "district_admin", _("District administrator")
    REPORT_READER = "report_reader", _("Report reader")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDITOR = "auditor", _("Auditor")


# One person in two of these could do something and wipe out its traces (handbook 13).
SEPARATE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
# These may be given without a place: then they speak of the holder's own official.
OWN = (Role.LEADER, Role.LIAISON)


def may_hold_both(one: str, other: str) -> bool:
    """Whether one person may hold both roles at the same time."""
    if one == other:
        return True
    if Role.SECURITY_ADMIN in (one, other):
        return False
    return not (one in SEPARATE and other in SEPARATE)
