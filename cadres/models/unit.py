from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.models.district import District
from cadres.rules.levels import Level


class Unit(models.Model):
    """An organ or office: it has leaders, sends visits, and later handles matters."""

    class Kind(models.TextChoices):
        PARTY = "party", _("Party office")
        GOVERNMENT = "government", _("Government office")
        PETITION = "petition", _("Petition office")
        DEPARTMENT = "department", _("Department")
        DISCIPLINE = "discipline", _("Discipline inspection and supervision organ")
        POLITICAL_LEGAL = "political_legal", _("Political-legal organ")
        TOWNSHIP = "township", _("Township")

    name = models.CharField(_("name"), max_length=100)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    place = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("place"), related_name="units"
    )
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("superior unit"),
        related_name="subordinates",
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    # Art. 24 of the Regulations: the successor takes over a dissolved unit's matters.
    dissolved_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("dissolved into"),
        related_name="took_over",
    )

    class Meta:
        verbose_name = _("unit")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"],
                name="unit_name_once_per_place",
                violation_error_message=_("This place already has such a unit."),
            ),
            models.CheckConstraint(
                name="unit_not_its_own_superior",
                condition=Q(superior__isnull=True) | ~Q(superior=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
