"""What guards the door: passwords of before, wrong tries, invitations, resets."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models.account import Account


class PastPassword(models.Model):
    """A password that may not come back, as the hash it was."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier password")

    def __str__(self) -> str:
        return f"{self.account_id}, {self.at:%Y-%m-%d}"


class WrongTry(models.Model):
    """A try to sign in that failed, or is not decided yet. Names are kept as hashes:
    people type passwords into the wrong field.
    """

    name = models.BinaryField()
    # A browser in which this account has signed in before.
    is_known = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("wrong try")
        indexes = [models.Index(fields=["name", "is_known", "at"], name="wrong_try_of")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, now: datetime) -> Self:
        return self.filter(
            used_at__isnull=True, revoked_at__isnull=True, valid_until__gt=now
        )


class Invitation(models.Model):
    """A code with which a person takes over an account and sets the password, once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    # Of the code nothing but this is kept.
    digest = models.BinaryField(unique=True)
    # Nobody's account: made on the server's command line.
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}, {self.at:%Y-%m-%d}"


class FactorResetQuerySet(models.QuerySet["FactorReset"]):
    def open(self, *, now: datetime) -> Self:
        since = now - FactorReset.HOLDS
        return self.filter(outcome="", asked_at__gt=since)

    def decidable_by(self, user: Account) -> Self:
        """Those of accounts in the security administrator’s area, but for one’s own."""
        rows = self.filter(account__in=Account.objects.confirmable_by(user))
        return rows.exclude(asked_by=user)


class FactorReset(models.Model):
    """One administrator asks to take all second factors off an account; another one
    confirms or refuses it within a day. Neither is the person whose account it is.
    """

    HOLDS = timedelta(hours=24)

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = _("reset of second factors")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(outcome=""),
                name="factor_reset_one_open",
            ),
            models.CheckConstraint(
                name="factor_reset_by_two_others",
                condition=~Q(asked_by=F("account"))
                & ~Q(decided_by=F("account"))
                & ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="factor_reset_decided_within_a_day",
                condition=Q(
                    outcome__in=["confirmed", "refused"],
                    decided_by__isnull=False,
                    decided_at__gte=F("asked_at"),
                    decided_at__lt=F("asked_at") + timedelta(hours=24),
                )
                | Q(
                    outcome__in=["", "lapsed"],
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}, {self.asked_at:%Y-%m-%d}"

    @property
    def until(self) -> datetime:
        return self.asked_at + self.HOLDS
