from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cadres.models.district import District
from cadres.models.labelled import Labelled
from cadres.rules.levels import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadres.models.account import Account


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: "Account") -> Self:
        """Units are public knowledge: all of them, for whoever is signed in."""
        return self if user.is_authenticated else self.none()

    def editable_by(self, user: "Account") -> Self:
        return self.in_scopes(user, "cadres.edit_unit")

    def in_scopes(self, user: "Account", permission: str) -> Self:
        reach = Q(pk__in=[])
        for scope in user.scopes(permission):
            reach |= scope.q(place="place", unit="pk")
        return self.filter(reach)

    def matching(self, text: str) -> Self:
        return self.filter(name__contains=text.strip())

    def one_below(self, units: "Iterable[int]") -> Self:
        """Those whose decisions these units review: their own subordinates, and the
        units one level below them in their area.

        Where a city has no counties, or a county no city above it, the level between
        is not there to be counted.
        """
        ids = list(units)
        none_between = Q(level=Level.COUNTY, place__prefecture__is_virtual=True) | Q(
            level=Level.TOWNSHIP, place__county=F("place__prefecture")
        )
        below = Q(superior__in=ids)
        for unit in Unit.objects.filter(pk__in=ids).select_related("place"):
            here = District.objects.within(unit.place).values("pk")
            next_one = Q(level=unit.level + 1) | (
                none_between & Q(level=unit.level + 2)
            )
            below |= next_one & Q(place__in=here)
        return self.filter(below)


class Unit(Labelled):
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

    objects = UnitQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return reverse("cadres:unit_change", args=[self.pk])
