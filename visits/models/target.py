"""Targets that an office sets for a rank or for one official; none by default."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Labelled, RankBand
from visits.rules.periods import PeriodKind
from visits.rules.targets import Indicator, Span


class TargetQuerySet(models.QuerySet["Target"]):
    def settable_by(self, user: Account) -> Self:
        """Those of the areas for which this account sets targets."""
        reach = Q(pk__in=[])
        for scope in user.scopes("visits.set_targets"):
            if scope.place:
                column = scope.place.subtree_column
                reach |= Q(**{f"place__{column}": scope.place.pk})
                reach |= Q(**{f"official__unit__place__{column}": scope.place.pk})
        return self.filter(reach)

    def valid(self, *, on: date) -> Self:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on
        )

    def for_official(self, official: Cadre) -> Self:
        """Their own, and those of their rank in their area and the areas above it."""
        rank = Q(rank_band=official.rank_band, place__in=official.unit.place.chain_ids)
        return self.filter(Q(official=official) | rank)


class Target(Labelled):
    """At least so much of something, once in each period, for a rank or one official.

    Who it is for sees how much is left, and so does their own office; nobody else sees
    how anyone stands, and no page lists officials by it (handbook 4.6 and 10).
    """

    rank_band = models.CharField(_("rank"), max_length=24, choices=RankBand, blank=True)
    # Of a rank: in this area, and all below it.
    place = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("area"),
        related_name="+",
    )
    official = models.ForeignKey(
        Cadre,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("official"),
        related_name="targets",
    )
    indicator = models.CharField(_("what"), max_length=14, choices=Indicator)
    period = models.CharField(_("in each"), max_length=7, choices=PeriodKind)
    minimum = models.PositiveSmallIntegerField(_("at least"))
    basis = models.CharField(_("basis"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    set_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        constraints = [
            models.CheckConstraint(
                name="target_of_a_rank_or_a_person",
                condition=Q(
                    official__isnull=True, place__isnull=False, rank_band__gt=""
                )
                | Q(official__isnull=False, place__isnull=True, rank_band=""),
                violation_error_message=_("A target is for a rank or for one person."),
            ),
            models.CheckConstraint(
                name="target_asks_for_something",
                condition=Q(minimum__range=(1, 366)),
                violation_error_message=_("Enter a whole number from 1 to 366."),
            ),
            models.CheckConstraint(
                name="target_begins_before_it_ends",
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("A target cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="target_words_known",
                condition=Q(
                    indicator__in=Indicator.values, period__in=PeriodKind.values
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.minimum} {self.period}"

    @property
    def holds(self) -> Span:
        return Span(self.valid_from, self.valid_until)
