"""The review of who may do what: once a quarter, line by line, kept as evidence."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from cadres.models.account import Account
from cadres.rules.roles import Role


class AccessReviewQuerySet(models.QuerySet["AccessReview"]):
    def visible_to(self, user: Account) -> Self:
        """Those by accounts that one may look at, one's own with them."""
        return self.filter(by__in=Account.objects.visible_to(user))

    def with_counts(self) -> Self:
        """How many lines there are, how many are undecided, how many were revoked."""
        revoked = Q(lines__decision=ReviewLine.Decision.REVOKED)
        return self.annotate(
            line_count=Count("lines"),
            open_count=Count("lines", filter=Q(lines__decision="")),
            revoked_count=Count("lines", filter=revoked),
        )


class AccessReview(models.Model):
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of accounts")
        indexes = [models.Index(fields=["-started_at"], name="access_review_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["by"],
                condition=Q(finished_at__isnull=True),
                name="access_review_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_id}, {self.started_at:%Y-%m-%d}"


class ReviewLineQuerySet(models.QuerySet["ReviewLine"]):
    def undecided(self) -> Self:
        return self.filter(decision="")

    def stale(self, *, before: datetime) -> Self:
        """Roles of those who have not signed in since."""
        return self.filter(Q(last_sign_in__isnull=True) | Q(last_sign_in__lt=before))


class ReviewLine(models.Model):
    """One role of one account, as it was then, and what the reviewer decided."""

    class Decision(models.TextChoices):
        KEPT = "kept", _("confirmed")
        REVOKED = "revoked", _("revoked")
        GONE = "gone", _("had ended by then")

    review = models.ForeignKey(AccessReview, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    # No foreign key: a role that never held is deleted, the evidence stays.
    grant = models.BigIntegerField()
    role = models.CharField(max_length=20)
    where = models.CharField(max_length=200, blank=True)
    first = models.DateField()
    last = models.DateField(null=True)
    last_sign_in = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = ReviewLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a review")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "grant"], name="review_line_once"
            ),
            models.CheckConstraint(
                name="review_line_decided_at_iff_decided",
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.role}"

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role in Role.values else self.role
