"""A year at a glance: its months, and the days that are not as every week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cadres.models import CalendarDay
from cadres.rules.working_days import Kind, WorkingCalendar

WEEKS = 6  # that a month may touch; all have as many, so that they line up


@dataclass(frozen=True)
class DayCell:
    day: date
    kind: Kind
    why: str


@dataclass(frozen=True)
class Month:
    first: date
    # Weeks from Monday to Sunday; None outside the month.
    weeks: Sequence[Sequence[DayCell | None]]


@dataclass(frozen=True)
class CalendarYear:
    year: int
    months: Sequence[Month]
    # On record: of the region and, where it has none of its own, of the nation.
    days: Sequence[CalendarDay]
    is_confirmed: bool
    # The last week may still change: the next year's plan is not known.
    is_end_open: bool
    workdays: int
    rest_days: int


def calendar_year(year: int, region: str) -> CalendarYear:
    """Two queries: the region's whole calendar, and the rows of that year."""
    calendar = CalendarDay.objects.working_calendar(region)
    rows = (
        CalendarDay.objects.filter(region__in={"national", region}, date__year=year)
        .select_related("edited_by")
        .order_by("date")
    )
    shown: dict[date, CalendarDay] = {}
    for row in rows:
        if row.region == region or row.date not in shown:
            shown[row.date] = row
    months = [_month(calendar, date(year, number, 1)) for number in range(1, 13)]
    cells = [cell for month in months for week in month.weeks for cell in week if cell]
    workdays = sum(calendar.is_workday(cell.day) for cell in cells)
    is_confirmed = year in calendar.confirmed_years
    return CalendarYear(
        year,
        months,
        list(shown.values()),
        is_confirmed,
        is_confirmed and year + 1 not in calendar.confirmed_years,
        workdays,
        len(cells) - workdays,
    )


def _month(calendar: WorkingCalendar, first: date) -> Month:
    cells: list[DayCell | None] = [None] * first.weekday()
    cells += [
        DayCell(day, calendar.kind(day), calendar.why(day)) for day in _days_of(first)
    ]
    cells += [None] * (WEEKS * 7 - len(cells))
    return Month(first, [cells[n : n + 7] for n in range(0, len(cells), 7)])


def _days_of(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)
