"""The log of exports: what left the product, who took it, who let it, what for."""

from typing import Self

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Labelled, Unit
from visits.models.action import Action
from visits.models.filed_report import FiledReport
from visits.models.visit import new_reference
from visits.rules.list_pages import ListPage
from visits.rules.report_kinds import ExportFormat, ReportKind


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: Account) -> Self:
        """The auditor sees all; everyone else, their own and what they let out."""
        if user.has_perm("visits.audit_access"):
            return self.all()
        return self.filter(Q(by=user) | Q(approver=user))


class Export(Labelled):
    """A report or list left the product, as a file or on paper. Never changed.

    The reference stands in the file itself; by `sha256` a file can be told to be it.
    """

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    # Who let it out; None in the days before that was asked.
    approver = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(
        _("report"), max_length=9, choices=[*ReportKind.choices, *ListPage.choices]
    )
    place = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+"
    )
    official = models.ForeignKey(
        Cadre, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Empty for a list: `about` says in every language how it was narrowed; or, of
    # several places together, which.
    period = models.CharField(max_length=8, blank=True)
    about = models.JSONField(default=str, blank=True)
    action = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed = models.ForeignKey(
        FiledReport, models.PROTECT, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(
        _("purpose"), max_length=200, validators=[MinLengthValidator(4)]
    )
    format = models.CharField(_("format"), max_length=5, choices=ExportFormat)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        indexes = [
            models.Index(fields=["-at", "-id"], name="export_order"),
            models.Index(fields=["by", "-at", "-id"], name="export_of_order"),
            models.Index(fields=["approver", "-at", "-id"], name="export_let_order"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_has_a_purpose", condition=~Q(purpose="")
            )
        ]

    def __str__(self) -> str:
        return self.printed_reference

    @property
    def printed_reference(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"
