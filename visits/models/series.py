"""Visits that recur: the pattern, and what became of each of its dates."""

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Labelled, Unit
from visits.models.diary import Absence
from visits.models.visit import Visit, new_reference, plannable_by
from visits.rules.activities import Activity
from visits.rules.series import MOST_DATES, Every, OnRest, Pattern, Skip
from visits.rules.visit_states import Mode, Part


def _team(**of: object) -> Exists:
    return Exists(SeriesOfficial.objects.filter(series=OuterRef("pk"), **of))


class SeriesQuerySet(models.QuerySet["Series"]):
    def own_of(self, user: Account) -> Self:
        """Of officials one acts for; and one's own plans, while one may plan."""
        mine = Q(_team(official__in=user.acts_for_ids()))
        planned = Q(_team(official__in=plannable_by(user)), planned_by=user)
        return self.filter(mine | planned)

    def visible_to(self, user: Account) -> Self:
        """As visits are: own ones; others in reach, unless they are unannounced.

        A pattern of unannounced visits would tell the ones to come (handbook 4.3).
        """
        if not user.has_perm("visits.view_visit"):
            return self.none()
        reach = Q(pk__in=[])
        for scope in user.scopes("visits.view_visit"):
            if scope.unit_id is not None:
                reach |= Q(unit=scope.unit_id)
            elif scope.place is not None:
                column = scope.place.subtree_column
                reach |= Q(**{f"unit__place__{column}": scope.place.pk})
                reach |= Q(**{f"place__{column}": scope.place.pk})
        own = self.own_of(user).values("pk")
        return self.filter(Q(pk__in=own) | (reach & ~Q(mode=Mode.UNANNOUNCED)))

    def changeable_by(self, user: Account) -> Self:
        """Whose lead this account may plan for, as for the visits themselves."""
        if not user.has_perm("visits.plan_visit"):
            return self.none()
        plannable = Cadre.objects.plannable_by(user, on=timezone.localdate())
        leads = _team(official__in=plannable, part=Part.LEAD)
        return self.visible_to(user).filter(leads)

    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Series(Labelled):
    """One visit that recurs, at one place, with the same people.

    The columns say how its next dates are planned; each visit is a record of its own.
    """

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    purpose = models.CharField(_("purpose or topic"), max_length=200)
    mode = models.CharField(
        _("mode"), max_length=13, choices=Mode, default=Mode.ANNOUNCED
    )
    place = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("place"), related_name="series"
    )
    venue = models.CharField(_("venue"), max_length=100, blank=True)
    activities = ArrayField(
        models.CharField(max_length=10, choices=Activity), verbose_name=_("activities")
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    every = models.CharField(_("how often"), max_length=5, choices=Every)
    interval = models.PositiveSmallIntegerField(default=1)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    nth = models.SmallIntegerField(null=True, blank=True)
    month_day = models.PositiveSmallIntegerField(null=True, blank=True)
    first = models.DateField(_("from"))
    last = models.DateField(_("until"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        _("number of dates"), null=True, blank=True
    )
    on_rest = models.CharField(_("on a day of rest"), max_length=8, choices=OnRest)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="series")
    planned_by = models.ForeignKey(
        Account, models.PROTECT, related_name="planned_series"
    )
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    client_key = models.UUIDField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    reason_ended = models.CharField(_("reason"), max_length=200, blank=True)
    # Goes up with every change of the pattern.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        constraints = [
            models.UniqueConstraint(
                fields=["planned_by", "client_key"], name="series_sent_once_per_person"
            ),
            models.CheckConstraint(
                name="series_begins_before_it_ends",
                condition=Q(ends__gt=F("starts")),
                violation_error_message=_("The end must lie after the beginning."),
            ),
            models.CheckConstraint(
                name="series_until_or_count",
                condition=Q(last__isnull=False, count__isnull=True)
                | Q(last__isnull=True, count__range=(1, MOST_DATES)),
                violation_error_message=_(
                    "Say until when, or for how many dates; not both."
                ),
            ),
            models.CheckConstraint(
                name="series_last_not_before_first",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="series_has_a_whole_pattern",
                condition=Q(interval__range=(1, 12))
                & (
                    Q(every=Every.WEEKS, weekday__range=(0, 6))
                    | Q(
                        every=Every.NTH,
                        weekday__range=(0, 6),
                        nth__in=[1, 2, 3, 4, -1],
                    )
                    | Q(every=Every.DAY, month_day__range=(1, 31))
                ),
            ),
            models.CheckConstraint(
                name="series_has_known_activities",
                condition=Q(
                    activities__contained_by=Activity.values, activities__len__gt=0
                ),
                violation_error_message=_("Choose at least one kind of work."),
            ),
            models.CheckConstraint(
                name="series_ended_with_reason",
                condition=Q(ended_at__isnull=True, reason_ended="")
                | (Q(ended_at__isnull=False) & ~Q(reason_ended="")),
                violation_error_message=_("Say why the series ends."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("visits:series_detail", args=[self.reference])

    @property
    def pattern(self) -> Pattern:
        return Pattern(
            self.every,
            self.first,
            self.interval,
            self.weekday,
            self.nth,
            self.month_day,
            self.last,
            self.count,
            self.on_rest,
        )

    def span_on(self, day: date) -> tuple[datetime, datetime]:
        """From when to when it takes place on `day`."""
        begin, end = (
            timezone.make_aware(datetime.combine(day, clock))
            for clock in (self.starts, self.ends)
        )
        return begin, end


class SeriesOfficial(Labelled):
    """Who goes each time, and in what part."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="team")
    official = models.ForeignKey(Cadre, models.PROTECT, related_name="series")
    part = models.CharField(max_length=10, choices=Part, default=Part.LEAD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "official"], name="series_official_once"
            ),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(part=Part.LEAD),
                name="series_one_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} in {self.series_id}"


class SeriesDate(Labelled):
    """One date of a series: booked as a visit, or skipped and kept with the reason.

    `day` is the date by the pattern, `on` the day on which it is held or would be. What
    once stood in the way stays on record when the date is booked later.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="dates")
    day = models.DateField()
    on = models.DateField()
    why = models.CharField(max_length=200, blank=True)  # the rest day that shifted it
    visit = models.OneToOneField(
        Visit, models.PROTECT, null=True, blank=True, related_name="series_date"
    )
    # Whether the visit has left the pattern: someone moved or changed this one alone.
    is_changed = models.BooleanField(default=False)
    skipped = models.CharField(max_length=8, choices=Skip, blank=True)
    obstacle_visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    obstacle_absence = models.ForeignKey(
        Absence, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            # Deferred: a change moves the dates of a series past each other.
            models.UniqueConstraint(
                fields=["series", "day"],
                name="series_date_once_per_day",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="series_date_booked_or_skipped",
                condition=Q(visit__isnull=False) | ~Q(skipped=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["on"],
                condition=Q(visit__isnull=True),
                name="series_date_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day}"
