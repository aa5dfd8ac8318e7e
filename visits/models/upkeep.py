"""What was done to keep the product running: backups, and drills with them."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cadres.models import Account


class UpkeepQuerySet(models.QuerySet["Upkeep"]):
    def visible_to(self, user: Account) -> Self:
        return self if user.has_perm("visits.view_operation") else self.none()

    def newest(self, kind: "Upkeep.Kind") -> "Upkeep | None":
        return self.filter(kind=kind).order_by("-at", "-pk").first()

    def newest_good(self, kind: "Upkeep.Kind") -> "Upkeep | None":
        return self.filter(is_good=True).newest(kind)


class Upkeep(models.Model):
    """One run of `backup` or `verify_backup`: written by the command when it ends."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        DRILL = "drill", _("Restore drill")

    kind = models.CharField(max_length=6, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    seconds = models.PositiveIntegerField()
    is_good = models.BooleanField()
    # Figures alone: tables, rows, files, bytes.
    about = models.JSONField(default=dict)
    # Why it failed, as the command said it.
    said = models.CharField(max_length=500, blank=True)

    objects = UpkeepQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a backup or a drill")
        indexes = [models.Index(fields=["kind", "-at"], name="upkeep_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"

    @property
    def days_ago(self) -> str:
        """How long ago, by the office's days."""
        days = (timezone.localdate() - timezone.localdate(self.at)).days
        if days <= 0:
            return gettext("today")
        return ngettext("%d day ago", "%d days ago", days) % days
