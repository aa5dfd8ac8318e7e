from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Unit
from visits.models.visit import Stop, Visit, VisitOfficial, new_reference


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: Account) -> Self:
        """Those one planned, and those with a visit one may see.

        A visit that is hidden from the reader hides its action with it.
        """
        seen = Visit.objects.visible_to(user).filter(action=OuterRef("pk"))
        return self.filter(Q(Exists(seen)) | Q(planned_by=user))

    def reportable_to(self, user: Account) -> Self:
        """Those with a visit that counts in a report this account may read."""
        counted = Visit.objects.held().countable_by(user)
        officials, here = Cadre.objects.reportable_by(user), Q()
        if any(scope.place for scope in user.scopes("visits.view_district_report")):
            here = user.reach("visits.view_district_report", place="")
        return self.filter(in_reports(counted, officials, here))


def in_reports(counted: models.QuerySet[Visit], officials: Any, here: Q) -> Exists:
    """Of an action: some of these visits is by these officials, or has a stop `here`.

    An empty `here` is nowhere.
    """
    team = VisitOfficial.objects.filter(visit=OuterRef("pk"), official__in=officials)
    reach = Q(Exists(team))
    if here:
        reach |= Q(Exists(Stop.objects.filter(here, visit=OuterRef("pk"))))
    return Exists(counted.filter(reach, action=OuterRef("pk")))


class Action(models.Model):
    """A unified action (统一行动): several leaders, several places, one name."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    name = models.CharField(_("name"), max_length=100)
    organiser = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("organised by"), related_name="actions"
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    planned_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    client_key = models.UUIDField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("unified action")
        constraints = [
            models.UniqueConstraint(
                fields=["planned_by", "client_key"], name="action_sent_once_per_person"
            ),
            models.CheckConstraint(
                name="action_first_before_last",
                condition=Q(last__gte=F("first")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("visits:action_detail", args=[self.reference])

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last
