from datetime import date

import pytest

from cadres.actions.load_calendar import load_calendar
from cadres.reports.calendar_year import calendar_year
from cadres.rules.working_days import Kind, Source
from tests.factories import CalendarDayFactory

pytestmark = pytest.mark.django_db


def test_calendar_year_shows_every_day_once():
    load_calendar(years=[2026, 2027])

    it = calendar_year(2026, "national")

    cells = [c for month in it.months for week in month.weeks for c in week if c]
    assert [cell.day for cell in cells] == [
        date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(365)
    ]
    assert {len(week) for month in it.months for week in month.weeks} == {7}
    assert all(
        cell.day.weekday() == place
        for month in it.months
        for week in month.weeks
        for place, cell in enumerate(week)
        if cell
    )
    make_up = [cell.day for cell in cells if cell.kind == Kind.MAKE_UP]
    assert len(make_up) == 6


def test_calendar_year_counts_working_days():
    """Of 2026: 365 days, 104 of them weekends; 19 weekdays off, 6 weekends worked."""
    load_calendar(years=[2026, 2027])

    it = calendar_year(2026, "national")

    assert (it.workdays, it.rest_days) == (248, 117)


@pytest.mark.parametrize(
    ("year", "is_confirmed", "is_end_open"),
    [(2025, True, False), (2026, True, True), (2027, False, False)],
)
def test_calendar_year_says_what_is_provisional(year, is_confirmed, is_end_open):
    load_calendar(years=[2025, 2026, 2027])

    it = calendar_year(year, "national")

    assert (it.is_confirmed, it.is_end_open) == (is_confirmed, is_end_open)


def test_calendar_year_of_a_region_lists_its_own_day_instead_of_the_nations():
    nation = CalendarDayFactory(date=date(2026, 5, 1))
    CalendarDayFactory(date=date(2026, 5, 9), is_workday=True)
    own = CalendarDayFactory(date=date(2026, 5, 9), region="3203", source=Source.LOCAL)
    CalendarDayFactory(date=date(2026, 5, 5), region="3201", source=Source.LOCAL)

    assert calendar_year(2026, "3203").days == [nation, own]


def test_calendar_year_without_any_record():
    it = calendar_year(2050, "national")

    assert (it.days, it.is_confirmed, it.workdays) == ([], False, 260)
