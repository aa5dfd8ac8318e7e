"""Legal clocks: how long each is, where and since when; and those of each letter."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadres.models import District, Labelled
from visits.models.letter import Letter
from visits.rules.letter_states import Clock


class ClockRuleQuerySet(models.QuerySet["ClockRule"]):
    def as_terms(self) -> list["ClockRule"]:
        return list(self.select_related("jurisdiction").order_by("valid_from", "pk"))


class ClockRule(Labelled):
    """How long a clock runs in a place from a day on (handbook 7.3, rule 7).

    Without a jurisdiction it is the national rule. Inside its area a stricter local
    rule wins for an organ's clock; a petitioner's own window is never shortened.
    """

    class Mode(models.TextChoices):
        CALENDAR = "calendar", _("Calendar days")
        WORKING = "working", _("Working days")

    jurisdiction = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("area"),
        related_name="+",
    )
    clock = models.CharField(_("clock"), max_length=3, choices=Clock)
    days = models.PositiveSmallIntegerField(_("days"))
    mode = models.CharField(_("counted in"), max_length=8, choices=Mode)
    valid_from = models.DateField(_("valid from"))
    basis = models.CharField(_("basis"), max_length=100)

    objects = ClockRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock rule")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "clock", "valid_from"],
                nulls_distinct=False,
                name="clock_rule_once",
                violation_error_message=_(
                    "This clock already has a rule there from that day on."
                ),
            ),
            models.CheckConstraint(
                name="clock_rule_days_bounded", condition=Q(days__lte=366)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.days} {self.mode}"


class LetterClockQuerySet(models.QuerySet["LetterClock"]):
    def running(self) -> Self:
        return self.filter(stopped_on__isnull=True)


class LetterClock(Labelled):
    """A clock of a letter as computed from its events; written anew with each step."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="clocks")
    clock = models.CharField(max_length=3, choices=Clock)
    started_on = models.DateField()
    legal_on = models.DateField()
    safe_on = models.DateField()
    is_provisional = models.BooleanField(default=False)
    stopped_on = models.DateField(null=True)

    objects = LetterClockQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["safe_on", "id"],
                condition=Q(stopped_on__isnull=True),
                name="letter_clock_running",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_clock_safe_not_after_legal",
                condition=Q(safe_on__lte=F("legal_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.clock}"
