from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Unit
from visits.models.visit import (
    Stop,
    Visit,
    VisitOfficial,
    new_reference,
    sees_few_visits,
)


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: Account) -> Self:
        """Those one planned, and those with a visit one may see.

        A visit that is hidden from the reader hides its action with it.
        """
        visits, own = Visit.objects.visible_to(user), Q(planned_by=user)
        if sees_few_visits(user):
            return self.filter(Q(pk__in=visits.values("action")) | own)
        return self.filter(Q(Exists(visits.filter(action=OuterRef("pk")))) | own)

    def reportable_to(self, user: Account) -> Self:
        """Those with a visit that counts in a report this account may read."""
        permission = "visits.view_district_report"
        counted, here = Visit.objects.held().countable_by(user), Q()
        scopes = user.scopes(permission)
        if any(scope.place for scope in scopes):
            here = user.reach(permission, place="")
        are_few = all(it.is_narrow for it in scopes)
        officials = Cadre.objects.reportable_by(user)
        return self.filter(in_reports(counted, officials, here, are_few=are_few))


def in_reports(
    counted: models.QuerySet[Visit], officials: Any, here: Q, *, are_few: bool
) -> Q:
    """Of an action: some of these visits is by these officials, or has a stop `here`.

    An empty `here` is nowhere. Of few visits the keys are read; of many each action
    asks for one.
    """
    parts: list[models.QuerySet[Any]] = [
        VisitOfficial.objects.filter(official__in=officials)
    ]
    if here:
        parts.append(Stop.objects.filter(here))
    if are_few:
        # Visits of any action are few as well, and have an index of their own.
        keys = (Q(pk__in=it.values("visit")) for it in parts)
        of_any = counted.filter(action__isnull=False)
        return Q(pk__in=of_any.filter(reduce(or_, keys)).values("action"))
    reach = (Q(Exists(it.filter(visit=OuterRef("pk")))) for it in parts)
    return Q(Exists(counted.filter(reduce(or_, reach), action=OuterRef("pk"))))


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
