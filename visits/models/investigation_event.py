from django.db import models
from django.utils import timezone

from cadres.models import Account, Cadre, Labelled
from visits.models.investigation import Investigation
from visits.rules.investigation_states import StudyState, StudyStep


class InvestigationEvent(Labelled):
    """One row of an investigation's history; a trigger refuses to change any.

    `record` is what the step recorded, with the earlier version of what it changed.
    """

    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="events", db_index=False
    )
    step = models.CharField(max_length=12, choices=StudyStep)
    from_state = models.CharField(max_length=11, choices=StudyState, blank=True)
    to_state = models.CharField(max_length=11, choices=StudyState)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(Cadre, models.PROTECT, related_name="+")
    record = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["investigation", "id"], name="investigation_event_order"
            ),
            # What is new since a moment.
            models.Index(fields=["at"], name="investigation_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.investigation_id} {self.step}"
