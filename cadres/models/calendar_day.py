from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.models.labelled import Labelled
from cadres.rules.holidays import holiday_name
from cadres.rules.working_days import Entry, Source, WorkingCalendar

if TYPE_CHECKING:
    from cadres.models.account import Account

NATIONAL = "national"
CODE_LENGTHS = (2, 4, 6, 9, 12)  # of a place's code: each begins with its parent's


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def working_calendar(self, region: str = NATIONAL) -> WorkingCalendar:
        """The calendar of a region, by one query: the nation's days under its own.

        A place keeps the days of the places above it, too; the nearest has the word.
        """
        above = {region[:length] for length in CODE_LENGTHS if length <= len(region)}
        entries: dict[bool, dict[date, Entry]] = {True: {}, False: {}}
        rows = self.filter(region__in={NATIONAL, region, *above})
        days = rows.values_list("region", "date", "is_workday", "name", "source")
        for where, day, is_workday, name, source in sorted(
            days, key=lambda it: len(it[0])
        ):
            entries[where == NATIONAL][day] = Entry(is_workday, name, source)
        return WorkingCalendar.of(entries[True], entries[False])

    def kept(self) -> "CalendarDayQuerySet":
        """What people have entered: no loading of a calendar may touch it."""
        return self.filter(Q(edited_by__isnull=False) | Q(source=Source.LOCAL))

    def editable_by(self, user: "Account") -> "CalendarDayQuerySet":
        """Days of the calendars that this account keeps."""
        return self.filter(region__in=regions_of(user))


def regions_of(user: "Account") -> dict[str, str]:
    """The calendars this account may edit, by key: the nation's and its places' own."""
    if not user.has_perm("cadres.edit_calendar"):
        return {}
    regions = {NATIONAL: str(_("National"))}
    for scope in user.scopes("cadres.edit_calendar"):
        if scope.place:
            regions[scope.place.code] = scope.place.path
    return regions


class CalendarDay(Labelled):
    """A day on which the plain rule "Monday to Friday" does not hold, or is confirmed.

    The State Council office fixes holidays and make-up days (调休) year by year; until
    then the statutory days stand here as `statutory`, and dates that rest on such a
    year are provisional (domain handbook, section 11). `region` is "national" or the
    code of a place with days of its own. `edited_by` is empty for what was loaded.
    """

    Source = Source

    region = models.CharField(_("region"), max_length=12, default=NATIONAL)
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    edited_by = models.ForeignKey(
        "cadres.Account", models.PROTECT, null=True, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, editable=False)

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

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return holiday_name(self.name)

    @property
    def is_own(self) -> bool:
        """Whether people have entered it: no loading touches it, and it may go."""
        return self.edited_by_id is not None or self.source == Source.LOCAL
