"""On-the-spot matters (现场办公): what was decided, who does it, by when."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Placed
from visits.models.visit import Stop, Visit, new_reference


class MatterState(models.TextChoices):
    SETTLED = "settled", _("Settled on the spot")
    ASSIGNED = "assigned", _("Assigned")


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: Account) -> Self:
        return self.filter(stop__visit__in=Visit.objects.visible_to(user))


class Matter(Placed):
    """Something raised and decided on a visit, followed until it is done."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="matters")
    subject = models.CharField(_("matter"), max_length=200)
    decision = models.CharField(_("decision"), max_length=500)
    lead_unit = models.CharField(_("lead unit"), max_length=100, blank=True)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MatterState)
    raised_on = models.DateField(_("raised on"), default=timezone.localdate)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("on-the-spot matter")
        indexes = [
            models.Index(fields=["county", "raised_on"], name="matter_county_day"),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state=MatterState.ASSIGNED),
                name="matter_open_by_limit",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="matter_assigned_has_unit_and_deadline",
                condition=Q(state=MatterState.SETTLED)
                | (Q(due_on__isnull=False) & ~Q(lead_unit="")),
                violation_error_message=_(
                    "Name the unit and the deadline, or mark it as settled on the spot."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.reference
