"""Each official has one diary: what takes their time stands in it once."""

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, Labelled
from visits.models.visit import Stop


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: Account) -> Self:
        return self.filter(cadre__in=Cadre.objects.visible_to(user))

    def recordable_by(self, user: Account, *, on: date) -> Self:
        """Absences of those for whom this account may plan: it keeps their diary."""
        if not user.has_perm("visits.record_absence"):
            return self.none()
        return self.filter(cadre__in=Cadre.objects.plannable_by(user, on=on))

    def ahead(self, *, on: date) -> Self:
        """Those under way or to come."""
        return self.filter(last__gte=on)

    def over(self, *, on: date) -> Self:
        return self.filter(last__lt=on)


class Absence(Labelled):
    """An official is away (leave, training); both days belong to it."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Leave")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other duty")

    cadre = models.ForeignKey(
        Cadre, models.CASCADE, verbose_name=_("official"), related_name="absences"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(
                name="absence_first_before_last",
                condition=Q(last__gte=F("first")),
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.cadre_id}: {self.first} – {self.last}"


class DiaryQuerySet(models.QuerySet["DiaryEntry"]):
    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class DiaryEntry(models.Model):
    """A span in which an official is taken, by a stop or by an absence.

    Cancelled visits have no entries. The constraint is what keeps an official from
    being sent to two places, or away from leave, whoever writes and however.
    """

    official = models.ForeignKey(
        Cadre, models.CASCADE, related_name="diary", db_index=False
    )
    stop = models.ForeignKey(Stop, models.CASCADE, null=True, related_name="diary")
    absence = models.ForeignKey(
        Absence, models.CASCADE, null=True, related_name="diary"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = DiaryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["official", "starts_at"], name="diary_official_start")
        ]
        constraints = [
            models.CheckConstraint(
                name="diary_stop_or_absence",
                condition=Q(stop__isnull=False, absence__isnull=True)
                | Q(stop__isnull=True, absence__isnull=False),
            ),
            models.CheckConstraint(
                name="diary_begins_before_it_ends",
                condition=Q(ends_at__gt=F("starts_at")),
            ),
            ExclusionConstraint(
                name="diary_no_double_booking",
                expressions=[
                    (F("official"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_code="double_booking",
                violation_error_message=_("This official is taken at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id}: {self.starts_at:%F %R}"
