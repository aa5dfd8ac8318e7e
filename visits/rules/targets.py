"""Targets (handbook 4.6): how much of one is due to someone who was not always there.

A planning aid for the official and the own office: what is next, and at what pace. It
says nothing of how good anyone is, and nothing is compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Indicator(TextChoices):
    """What is counted; the values are names of figures of the reports."""

    VISITS = "visits", _("Visits")
    DAYS = "days", _("Days at the grassroots")
    RECEPTIONS = "receptions", _("Reception sessions")
    TALKS = "talks", _("Policy talks")
    STUDY_DAYS = "study_days", _("Study days")
    CONTACT_VISITS = "contact_visits", _("Visits to contact points")


@dataclass(frozen=True)
class Span:
    """Whole days; both belong to it, and None stands for no end."""

    first: date | None = None
    last: date | None = None

    def contains(self, day: date) -> bool:
        begun = self.first is None or self.first <= day
        return begun and (self.last is None or day <= self.last)


def days_here(
    period: Span, *, holds: Span, in_office: Span, away: Iterable[Span]
) -> list[date]:
    """The days of the period on which the target holds and the official is there.

    `period` has both ends. Calendar days, rest days included: a share of the period is
    meant, not a count of working days.
    """
    assert period.first is not None
    assert period.last is not None
    absences = list(away)
    length = (period.last - period.first).days + 1
    days = (period.first + timedelta(days=n) for n in range(length))
    return [
        day
        for day in days
        if holds.contains(day)
        and in_office.contains(day)
        and not any(span.contains(day) for span in absences)
    ]


def goal_of(minimum: int, *, here: int, whole: int) -> int:
    """What is due of `minimum` from who was there `here` of `whole` days.

    Rounded to the nearest whole number; just a half goes down, in the official's
    favour. Absent 3 of 12 months: 75 %, so 9 of 12 and 45 of 60. A short absence
    changes nothing, and who was away all the time owes nothing.
    """
    return -(-(2 * minimum * here - whole) // (2 * whole))


def next_due(days: Sequence[date], *, goal: int, done: float) -> date | None:
    """The day by which the next one is due at an even pace; None when all are done.

    The days on which the official is there are cut into `goal` equal stretches, and at
    the end of each one more is due.
    """
    if done >= goal or not days:
        return None
    wanted = int(done) + 1
    return days[-(-len(days) * wanted // goal) - 1]
