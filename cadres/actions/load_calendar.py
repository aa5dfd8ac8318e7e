from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cadres.models import NATIONAL, CalendarDay
from cadres.rules.known_holidays import known_days


@dataclass(frozen=True)
class Loaded:
    """How many days of the nation's calendar a loading has touched or left alone."""

    added: int
    changed: int
    removed: int
    kept: int


@transaction.atomic
def load_calendar(*, years: Iterable[int]) -> Loaded:
    """Bring the nation's days up to what is known of these years.

    What people entered stands, whatever is known: local days, and days of any source
    that someone has edited.

    Raises:
        ValueError: a year of which nothing is known.
    """
    years = sorted(set(years))
    wanted = {day: it for year in years for day, it in known_days(year).items()}
    days = CalendarDay.objects.filter(region=NATIONAL, date__year__in=years)
    kept = set(days.kept().values_list("date", flat=True))
    there = {
        row.date: row
        for row in days.exclude(date__in=kept).select_for_update().order_by("pk")
    }
    gone = [row.pk for day, row in there.items() if day not in wanted]
    CalendarDay.objects.filter(pk__in=gone).delete()
    added: list[CalendarDay] = []
    changed: list[CalendarDay] = []
    for day, entry in wanted.items():
        row = there.get(day) or CalendarDay(region=NATIONAL, date=day)
        about = (row.is_workday, row.name, row.source)
        row.is_workday, row.name = entry.is_workday, entry.name
        row.source = str(entry.source)
        if day in kept:
            continue
        if row.pk is None:
            added.append(row)
        elif about != (row.is_workday, row.name, row.source):
            changed.append(row)
    # Whoever loads at the same time adds the same days.
    CalendarDay.objects.bulk_create(added, ignore_conflicts=True)
    CalendarDay.objects.bulk_update(changed, ["is_workday", "name", "source"])
    return Loaded(len(added), len(changed), len(gone), len(kept))


def restore_day(day: date) -> None:
    """Put back what is known of a day of which the office's own word is gone."""
    entry = known_days(day.year).get(day)
    if entry:
        CalendarDay.objects.get_or_create(
            region=NATIONAL,
            date=day,
            defaults={
                "is_workday": entry.is_workday,
                "name": entry.name,
                "source": str(entry.source),
            },
        )
