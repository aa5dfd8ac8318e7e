from django.db import models
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Stop


class Talk(models.Model):
    """A policy talk (宣讲) at a stop. No names of listeners, no attendance sheet."""

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="talks")
    theme = models.CharField(_("theme"), max_length=200)
    # An estimate: labelled so wherever it is shown (handbook, section 5).
    audience = models.PositiveIntegerField(_("audience (estimate)"))

    class Meta:
        verbose_name = _("policy talk")

    def __str__(self) -> str:
        return self.theme
