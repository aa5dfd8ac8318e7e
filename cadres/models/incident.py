"""Leaks and other incidents of personal data (handbook 12.2; PIPL Art. 57)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models.account import Account


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: Account) -> Self:
        """The three administrators' business: who keeps it, and who audits it."""
        return self if user.has_perm("cadres.view_incident") else self.none()


class Incident(models.Model):
    """What happened to which data, what was done, and who was told when.

    It is closed once measures are taken, the authority is told, and the persons are
    told or it is said why not (Art. 57, second paragraph). No petitioner's name.
    """

    title = models.CharField(_("what happened"), max_length=100)
    noticed_at = models.DateTimeField(_("noticed"))
    data = models.CharField(_("which data"), max_length=200)
    people = models.PositiveIntegerField(
        _("persons concerned, as far as known"), null=True, blank=True
    )
    cause = models.TextField(_("cause and possible harm"), max_length=1000, blank=True)
    measures = models.TextField(_("measures taken"), max_length=1000, blank=True)
    authority = models.CharField(_("authority told"), max_length=100, blank=True)
    authority_told_at = models.DateTimeField(
        _("authority told at"), null=True, blank=True
    )
    persons_told_at = models.DateTimeField(_("persons told at"), null=True, blank=True)
    not_told_because = models.CharField(
        _("or not told because"), max_length=300, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        indexes = [models.Index(fields=["-noticed_at", "-id"], name="incident_latest")]
        constraints = [
            models.CheckConstraint(
                name="incident_closed_once_all_is_done",
                condition=Q(closed_at__isnull=True)
                | ~Q(measures="")
                & ~Q(authority="")
                & Q(authority_told_at__isnull=False)
                & (Q(persons_told_at__isnull=False) | ~Q(not_told_because="")),
            ),
            models.CheckConstraint(
                name="incident_told_after_it_was_noticed",
                condition=(
                    Q(authority_told_at__isnull=True)
                    | Q(authority_told_at__gte=F("noticed_at"))
                )
                & (
                    Q(persons_told_at__isnull=True)
                    | Q(persons_told_at__gte=F("noticed_at"))
                ),
                violation_error_message=_("Nobody is told before it was noticed."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cadres:incident_detail", args=[self.pk])


class IncidentEvent(models.Model):
    """One change of the record; a trigger refuses to change or delete any."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    # What stood there before, by field; empty for the first entry.
    before = models.JSONField(default=dict)
    closed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["incident", "id"], name="incident_event_order")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.at:%Y-%m-%d}"
