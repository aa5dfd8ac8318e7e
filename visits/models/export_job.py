"""A large export on its way: asked for, made by the queue, kept for a day."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Labelled
from visits.models.export import Export
from visits.models.visit import new_reference
from visits.rules.report_kinds import ExportFormat

KEPT = timedelta(hours=24)
# A job that is still not done then will not be done any more.
GIVEN_UP_AFTER = timedelta(hours=6)


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    def visible_to(self, user: Account) -> Self:
        """Their own: what one person may read is in the file of nobody else."""
        return self.filter(by=user)

    def in_work(self) -> Self:
        return self.filter(state__in=ExportJob.IN_WORK)

    def over(self, *, now: datetime) -> Self:
        """Files that have been kept long enough."""
        return self.filter(state=ExportJob.State.READY, kept_until__lte=now)

    def stuck(self, *, now: datetime) -> Self:
        return self.in_work().filter(asked_at__lte=now - GIVEN_UP_AFTER)


class ExportJob(Labelled):
    """`query` asks it again when the file is made, with the eyes of then.

    The file lies in the store under `key`, encrypted. Of whom and what it speaks is in
    `seen`, so that nobody is handed rows that they may not see any more. Both go when
    the file does; the row of the log, `export`, stays.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    class Failure(models.TextChoices):
        NOT_ALLOWED = (
            "not_allowed",
            _("The report, or a record it speaks of, is not yours to read any more."),
        )
        NOBODY = "nobody", _("There was no official you may report on in this period.")
        TOO_MANY = (
            "too_many",
            _("It has too many rows. Ask for a shorter period or a smaller place."),
        )
        NO_APPROVER = (
            "no_approver",
            _("Who was named to let it out may not do so any more. Name another."),
        )
        ERROR = "error", _("Something went wrong here. Nothing was exported.")
        GAVE_UP = "gave_up", _("It was not made in time. Nothing was exported.")

    IN_WORK = (State.WAITING, State.MAKING)

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(
        _("purpose"), max_length=200, validators=[MinLengthValidator(4)]
    )
    format = models.CharField(_("format"), max_length=5, choices=ExportFormat)
    language = models.CharField(max_length=10)
    query = models.CharField(max_length=2000)
    # The report or list, what it is about and the period, in every language.
    about = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=11, choices=Failure, blank=True)
    export = models.OneToOneField(
        Export, models.PROTECT, null=True, blank=True, related_name="job"
    )
    key = models.UUIDField(null=True, blank=True)
    seen = models.JSONField(default=dict, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("export in the background")
        indexes = [models.Index(fields=["by", "-id"], name="export_job_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "query", "format"],
                condition=Q(state__in=["waiting", "making"]),
                name="export_job_once_at_a_time",
                violation_error_message=_("This export is on its way already."),
            ),
            models.CheckConstraint(
                name="export_job_ready_has_a_file",
                condition=~Q(state="ready")
                | Q(key__isnull=False, export__isnull=False, kept_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_in_work(self) -> bool:
        return self.state in self.IN_WORK

    @property
    def why(self) -> str | Promise:
        """Why it failed, in words."""
        return self.Failure(self.failure).label if self.failure else ""
