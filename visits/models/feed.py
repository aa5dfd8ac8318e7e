"""A person's private calendar address, which a calendar program asks by itself."""

import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account


def new_key() -> str:
    """The secret part of an address: 32 letters, 192 bits, safe in a path."""
    return secrets.token_urlsafe(24)


def hash_of_key(key: str) -> str:
    """What is kept of a key. It is random and long, so one round is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def standing(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def behind(self, key: str) -> Self:
        """The one that this key opens: standing, of an account that may sign in."""
        return self.standing().filter(
            key_hash=hash_of_key(key), account__is_active=True
        )


class CalendarFeed(models.Model):
    """Whoever has the address reads the calendar: it can be made anew at any time."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="feeds")
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    # To the day: enough to see whether anyone still reads it.
    read_on = models.DateField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(revoked_at__isnull=True),
                name="calendarfeed_one_standing_per_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.account_id}"

    def note_read(self, *, now: datetime) -> None:
        """Write once a day: calendar programs ask every few minutes."""
        today = timezone.localdate(now)
        if self.read_on != today:
            CalendarFeed.objects.filter(pk=self.pk).update(read_on=today)
