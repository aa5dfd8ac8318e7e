"""The audit log: who did what, to what, when, from where, and whether it succeeded.

Nobody changes it: triggers refuse that, and the application's own role may only add.
Most rows are written by triggers on the tables of histories, in the same transaction:
no act can forget its row. Each row's hash covers its content and the row before it in
its strand. See docs/decisions/audit-log.md.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.models.account import Account
from cadres.models.cadre import Cadre


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Account) -> Self:
        """The auditor's alone."""
        return self if user.has_perm("cadres.read_audit") else self.none()

    def about(self, *things: tuple[str, object]) -> Self:
        """Entries on these things, each said by its type ("cadres.unit") and key."""
        wanted = Q(pk__in=[])
        for kind, key in things:
            wanted |= Q(object_type=kind, object_key=str(key))
        return self.filter(wanted)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class AuditEntry(models.Model):
    """One act. It refers to the histories and never repeats a letter or a name.

    It outlives what it speaks of: its keys are no foreign keys in the database.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign-in")
        LOOK = "look", _("Look at what is kept apart")
        CASEWORK = "casework", _("Casework")
        EXPORT = "export", pgettext_lazy("kind of act", "Export")
        ACCOUNT = "account", _("Accounts and roles")
        SETTING = "setting", _("Settings")
        CALENDAR = "calendar", _("Calendar")
        CLOCK = "clock", _("Rules of legal clocks")
        REGISTER = "register", _("Officials, units and lists")
        REFUSED = "refused", _("Refused access")
        AUDIT = "audit", _("The audit itself")
        COMMAND = "command", _("Command on the server")

    strand = models.BigIntegerField(db_default=0, editable=False)
    number = models.BigIntegerField(db_default=0, editable=False)
    at = models.DateTimeField(_("time"), db_default=Now(), editable=False)
    account = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    acting_for = models.ForeignKey(
        Cadre,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # What was done: a step of a table of states, "entered", "changed", "removed", …
    act = models.CharField(max_length=30, db_default="")
    # As in "visits.letter"; empty if the act has no object.
    object_type = models.CharField(max_length=40, db_default="")
    object_key = models.CharField(max_length=50, db_default="")
    succeeded = models.BooleanField(default=True, db_default=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    # The page's name or the command; the database's role if neither spoke.
    source = models.CharField(max_length=60, db_default="")
    request_id = models.UUIDField(null=True)
    # `before` and `after` by column; what else tells of the act. Tiers T0 and T1 only.
    details = models.JSONField(default=dict, db_default={})
    # "visits_letterevent:17": where the history has it.
    refers_to = models.CharField(max_length=60, db_default="")
    previous = models.BinaryField(db_default=b"", editable=False)
    hash = models.BinaryField(db_default=b"", editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["account", "-at", "-id"], name="audit_of_account"),
            models.Index(
                fields=["object_type", "object_key", "-at", "-id"],
                name="audit_of_object",
            ),
            models.Index(
                fields=["kind", "-at", "-id"],
                name="audit_of_kind",
                condition=~Q(kind="casework"),
            ),
            models.Index(
                fields=["-at", "-id"],
                name="audit_failed",
                condition=Q(succeeded=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["strand", "number"], name="audit_entry_has_its_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.strand}.{self.number}"


class AuditStrand(models.Model):
    """The end of each strand, and where it begins since old entries were dropped."""

    strand = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField()
    hash = models.BinaryField()
    floor_number = models.BigIntegerField(db_default=0)
    floor_hash = models.BinaryField(db_default=b"")
    anchored = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.strand}: {self.number}"


class AuditAnchor(models.Model):
    """The ends of all strands that have grown, chained day by day; or a purge's floors.

    What was added up to an anchor cannot be cut off any more without breaking it.
    """

    class Kind(models.TextChoices):
        DAY = "day", _("End of a day")
        PURGE = "purge", _("Old entries dropped")

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=5, choices=Kind)
    # Strand → "number:hash".
    heads = models.JSONField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def printed_hash(self) -> str:
        return bytes(self.hash).hex()
