from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models.investigation import Investigation


class FindingUse(models.Model):
    """A finding put to use (成果转化), or meant to be: where, and with what effect."""

    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="uses"
    )
    finding = models.CharField(_("finding"), max_length=300)
    where = models.CharField(_("where it is put to use"), max_length=200)
    used_on = models.DateField(_("put to use on"), null=True, blank=True)
    effect = models.CharField(_("effect"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    client_key = models.UUIDField(editable=False)

    class Meta:
        verbose_name = _("finding put to use")
        constraints = [
            models.UniqueConstraint(
                fields=["recorded_by", "client_key"],
                name="finding_use_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="finding_use_effect_once_used",
                condition=Q(effect="") | Q(used_on__isnull=False),
                violation_error_message=_("It has an effect once it is put to use."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investigation_id}: {self.pk}"
