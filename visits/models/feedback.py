from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account


class Feedback(models.Model):
    """A complaint or suggestion about this product (国办函〔2026〕12号)."""

    text = models.TextField(_("complaint or suggestion"), max_length=1000)
    page = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feedback")

    def __str__(self) -> str:
        return f"{self.pk}"
