from django.db import models
from django.utils.translation import gettext_lazy as _


class _C:
    def __init__(self, days):
        self.days = days

    def is_workday(self, day):
        return self.days.get(day, day.weekday() < 5)


class CalendarDayQuerySet(models.QuerySet):
    def working_calendar(self, region="national"):
        return _C(dict(self.filter(region=region).values_list("date", "is_workday")))


class CalendarDay(models.Model):
    """A day on which the plain rule "Monday to Friday" does not hold, or is confirmed.

    The State Council office fixes holidays and make-up days (调休) year by year; until
    then the statutory days stand here as `statutory`, and dates that rest on such a
    year are provisional (domain handbook, section 11).
    """

    class Source(models.TextChoices):
        PLAN = "plan", _("State Council plan")
        STATUTORY = "statutory", _("Statutory day, plan not yet published")
        LOCAL = "local", _("Local decision")

    region = models.CharField(_("region"), max_length=12, default="national")
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=10, choices=Source)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "date"],
                name="calendar_day_once_per_region",
                violation_error_message=_("This day is already in the calendar."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
