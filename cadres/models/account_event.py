"""What was done to an account, its roles and its mandates, and by whom."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cadres.models.account import Account
from cadres.models.labelled import Labelled
from cadres.rules.roles import Role


class AccountEvent(Labelled):
    """What is written here is told to its account by a trigger, as a notice: all but
    what one does not need to be warned of (`visits/migrations/0012`).
    """

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
        RESET_ASKED = "reset_asked", _("Reset of the second factors asked for")
        RESET_REFUSED = "reset_refused", _("Reset of the second factors refused")
        FACTOR_RESET = "factor_reset", _("Second factors reset")
        FACTOR_RENAMED = "factor_renamed", _("Second factor renamed")
        CODES_MADE = "codes_made", _("Recovery codes made")
        CODE_USED = "code_used", _("A recovery code was used")
        UNUSUAL = "unusual_sign_in", _("Sign-in from a new device or place")
        LOCKED = "sign_in_locked", _("Sign-in locked after wrong passwords")
        HALF_WAY = "half_way", _("Right password, wrong code, on a new device")
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
    # Role (its code), where, whom, first, last: as they were then. The columns that
    # changed; device and address of a sign-in.
    about = models.JSONField(default=dict)
    # Accounts whose business it is beside its own: they get a notice, too.
    also_told = ArrayField(models.BigIntegerField(), default=list, db_default=[])

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
        if asked := about.get("asked_by"):
            words.append(_("asked for by %(name)s") % {"name": asked})
        words += [_column(name) for name in about.get("columns", [])]
        if about.get("first"):
            words.append(f"{about['first']} – {about.get('last') or ''}".strip())
        return " · ".join(str(word) for word in words if word)

    @property
    def from_where(self) -> str:
        """Device and address of a sign-in, for the person's own eyes."""
        return " · ".join(filter(None, map(self.about.get, ("device", "address"))))

    @property
    def is_by_nobody(self) -> bool:
        """Whether nobody knows who did it: someone tried to sign in."""
        return self.kind in (self.Kind.LOCKED, self.Kind.HALF_WAY)


def _column(name: str) -> str:
    field: Any = Account._meta.get_field(name)
    named = field.related_model._meta if field.related_model else field
    return capfirst(str(named.verbose_name))
