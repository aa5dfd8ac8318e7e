from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Labelled
from visits.models.visit import Visit


class VisitEvent(Labelled):
    """What happened to a visit: by whom, for whom, when, and what stood there before.

    `changes` maps a field to its value before and after, as shown to people.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", _("Planned")
        REPLANNED = "replanned", _("Plan changed")
        JOINED = "joined", _("Joined")
        APPROVED = "approved", _("Approved")
        ANNOUNCED = "announced", _("Announced")
        LOGGED = "logged", _("Logged")
        CORRECTED = "corrected", _("Log corrected")
        CONFIRMED = "confirmed", _("Confirmed")
        NOT_HELD = "not_held", _("Did not take place")
        CANCELLED = "cancelled", _("Cancelled")

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(Cadre, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["visit", "at"], name="visit_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="visit_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}"
