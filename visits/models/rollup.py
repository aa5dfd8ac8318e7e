"""Counts that are kept beside the rows they count: see docs/decisions/rollups.md.

Nobody writes here but `visits.actions.fold_rollup`; the database itself notes which
visits were touched. All of it can be made anew from the visits.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


def _count() -> "models.IntegerField[int | None, int | None]":
    """Empty for none: most of them are, and an empty column takes no room."""
    return models.IntegerField(null=True)


class Counted(models.Model):
    """The figures that are kept, by their names in `visits.reports.figures`."""

    visits = _count()
    unconfirmed = _count()
    official_visits = _count()
    contact_visits = _count()
    escorts = _count()
    people_received = _count()
    materials = _count()
    visits_publicity = _count()
    visits_study = _count()
    visits_reception = _count()
    visits_onsite = _count()
    place_visits = _count()
    talks = _count()
    audience = _count()
    questions = _count()
    questions_answered = _count()
    questions_open = _count()
    questions_turned = _count()
    findings = _count()
    receptions = _count()
    groups = _count()
    person_visits = _count()
    matters_received = _count()
    onsite_decided = _count()
    onsite_settled = _count()
    onsite_assigned = _count()
    onsite_open = _count()
    onsite_done_in_time = _count()
    onsite_done_late = _count()
    onsite_reopened = _count()

    class Meta:
        abstract = True


class VisitShare(Counted):
    """What one visit adds to the figures of one county-level place; 0 for no place.

    `dates` are the days on which it was there. No foreign keys: a share outlives its
    visit until the visit is counted anew.
    """

    pk = models.CompositePrimaryKey("visit_id", "province", "prefecture", "county")
    visit_id = models.BigIntegerField()
    province = models.BigIntegerField()
    prefecture = models.BigIntegerField()
    county = models.BigIntegerField()
    day = models.DateField()
    dates = ArrayField(models.DateField(), null=True)

    def __str__(self) -> str:
        return f"{self.visit_id} in {self.county or self.prefecture or self.province}"


class DayCount(Counted):
    """The sum of all shares of a day in a place; each visit once.

    `level` says of which: 0 the country, 1 a province, 2 a prefecture, 3 a county-level
    place; columns below it are 0, and so are those in which a share names none.
    `present` is how many shares have this day among their dates.
    """

    pk = models.CompositePrimaryKey("level", "province", "prefecture", "county", "day")
    level = models.PositiveSmallIntegerField()
    province = models.BigIntegerField()
    prefecture = models.BigIntegerField()
    county = models.BigIntegerField()
    day = models.DateField()
    present = _count()

    class Meta:
        indexes = [
            models.Index(
                fields=["prefecture", "day"],
                condition=Q(level=3),
                name="day_count_of_prefecture",
            )
        ]

    def __str__(self) -> str:
        return f"{self.county or self.prefecture or self.province} on {self.day}"


class LastVisit(models.Model):
    """When the last stop began in a township, of the visits that took place."""

    township = models.BigIntegerField(primary_key=True)
    starts_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.township}: {self.starts_at}"


class TouchedVisit(models.Model):
    """A visit whose share may have changed since it was counted.

    `township`, if a stop was written or taken away, is where that was or is.
    """

    visit_id = models.BigIntegerField()
    township = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.visit_id}"
