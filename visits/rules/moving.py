"""Where a visit comes to lie when it is put on another half-day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from visits.rules.half_days import half_days
from visits.rules.plan import Member, StopPlan


class Half(TextChoices):
    """Half of a day at the office; noon belongs to the afternoon (handbook 4.5)."""

    MORNING = "am", _("morning")
    AFTERNOON = "pm", _("afternoon")


# From when to when a visit is planned that was given no more than a half-day.
HOURS = {
    Half.MORNING: (time(9, 0), time(11, 30)),
    Half.AFTERNOON: (time(14, 0), time(17, 30)),
}


def half_of(moment: datetime) -> Half:
    return Half.AFTERNOON if moment.hour >= 12 else Half.MORNING


def start_on(day: date, half: str, *, was: StopPlan) -> datetime:
    """When `was` begins once it lies on `half` of `day`.

    It keeps its clock time on the same half, and when it takes more than one half-day.
    """
    start = datetime.combine(day, was.starts_at.time(), was.starts_at.tzinfo)
    is_long = len(half_days(was.starts_at, was.ends_at)) > 1
    if not half or is_long or half == half_of(was.starts_at):
        return start
    return datetime.combine(day, HOURS[Half(half)][0], was.starts_at.tzinfo)


def shifted(stops: Sequence[StopPlan], by: timedelta) -> list[StopPlan]:
    """All stops of a visit, each as much later: the journey stays as it was."""
    return [
        replace(stop, starts_at=stop.starts_at + by, ends_at=stop.ends_at + by)
        for stop in stops
    ]


def exchanged(team: Sequence[Member], leaves: Any, comes: Any) -> list[Member]:
    """The team with `comes` in the place and the part of `leaves`."""
    return [
        replace(member, official=comes) if member.official == leaves else member
        for member in team
    ]
