from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Stop


class Reception(models.Model):
    """A reception of letters and visits at a stop, in groups, people and matters."""

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="receptions")
    groups = models.PositiveIntegerField(_("groups"))
    person_visits = models.PositiveIntegerField(_("person-visits"))
    matters = models.PositiveIntegerField(_("matters received"))

    class Meta:
        verbose_name = _("reception")
        constraints = [
            models.CheckConstraint(
                name="reception_people_fill_groups",
                condition=Q(person_visits__gte=F("groups")),
                violation_error_message=_("A group has at least one person."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.stop_id}: {self.groups}/{self.person_visits}"
