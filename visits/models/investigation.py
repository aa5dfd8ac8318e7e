"""Investigations: a topic led by one official, and what each stop added to it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre
from visits.models.visit import Stop


class Investigation(models.Model):
    """A study topic (课题); several visits may work on one."""

    topic = models.CharField(_("topic"), max_length=200)
    leader = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name=_("led by"), related_name="investigations"
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("investigation")
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "topic"], name="investigation_topic_once_per_leader"
            )
        ]

    def __str__(self) -> str:
        return self.topic


class Finding(models.Model):
    """What a stop added to an investigation."""

    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="findings"
    )
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="findings")
    text = models.TextField(_("finding"), max_length=500)

    class Meta:
        verbose_name = _("finding")

    def __str__(self) -> str:
        return f"{self.investigation_id} at {self.stop_id}"
