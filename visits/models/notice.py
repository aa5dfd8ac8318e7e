"""What someone should know: in the app, and once a day by mail."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models.letter import Letter
from visits.models.visit import Visit


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Account) -> Self:
        return self.filter(account=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One thing for one person, at most once: `key` says what it is about.

    It carries no content: the page asks for the record anew, with its own rights.
    """

    class Kind(models.TextChoices):
        NEAR_LIMIT = "near_limit", _("A legal limit is near")
        LATE = "late", _("A legal limit has passed")
        ROUTED = "routed", _("A letter came to your unit")
        DECISION = "decision", _("Something waits for your decision")
        RETURNED = "returned", _("A draft was sent back")
        MOVED_EARLIER = "moved_earlier", _("A legal date moved to an earlier day")
        URGED = "urged", _("The petition office urges")
        PRESSURE = "pressure", _("Pressure was reported")

    account = models.ForeignKey(Account, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=13, choices=Kind)
    key = models.CharField(max_length=60)
    letter = models.ForeignKey(
        Letter, models.CASCADE, null=True, blank=True, related_name="+"
    )
    visit = models.ForeignKey(
        Visit, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Days left to the limit, for the two kinds that speak of one.
    days = models.SmallIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_newest"),
            models.Index(
                fields=["account"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.key}"


class Digest(models.Model):
    """The mail of one day to one person; the row comes first, so it goes once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    on = models.DateField()
    notices = models.PositiveIntegerField()
    begun_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="digest_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.on}"
