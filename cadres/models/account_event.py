"""What was done to an account, its roles and its mandates, and by whom."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models.account import Account
from cadres.models.labelled import Labelled
from cadres.rules.roles import Role


class AccountEvent(Labelled):
    class Kind(models.TextChoices):
        OPENED = "opened", _("Account opened")
        CHANGED = "changed", _("Account changed")
        CLOSED = "closed", _("Account closed")
        REOPENED = "reopened", _("Account reopened")
        PASSWORD_RESET = "password_reset", _("Password reset")
        PASSWORD_SET = "password_set", _("Password set by the person")
        INVITED = "invited", _("Invitation made")
        INVITATION_ENDED = "invitation_ended", _("Invitation withdrawn")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTOR_RESET = "factor_reset", _("Second factors reset by the administrator")
        CODES_MADE = "codes_made", _("Recovery codes made")
        SIGNED_OUT = "signed_out", _("Signed out everywhere")
        ROLE_GRANTED = "role_granted", _("Role given")
        ROLE_ENDED = "role_ended", _("Role ended")
        MANDATE_GIVEN = "mandate_given", _("Mandate given")
        MANDATE_ENDED = "mandate_ended", _("Mandate ended")

    account = models.ForeignKey(Account, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    # Nobody's account: done from the server's command line.
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Role (its code), where, whom, first, last: as they were then.
    about = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event")
        indexes = [models.Index(fields=["account", "-at"], name="account_event_latest")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.kind}"

    @property
    def in_words(self) -> str:
        about: dict[str, Any] = dict(self.about)
        role = about.get("role")
        words = [Role(role).label if role in Role.values else role]
        words += [about.get("what"), about.get("whom"), about.get("where")]
        if about.get("first"):
            words.append(f"{about['first']} – {about.get('last') or ''}".strip())
        return " · ".join(str(word) for word in words if word)
