from datetime import date

import pytest
from django.core.management import CommandError, call_command

from cadres.actions.load_calendar import Loaded, load_calendar
from cadres.models import CalendarDay
from cadres.rules.working_days import Source
from tests.factories import AccountFactory, CalendarDayFactory

pytestmark = pytest.mark.django_db


def days_of(year):
    return set(
        CalendarDay.objects.filter(date__year=year).values_list(
            "date", "is_workday", "name", "source", "edited_by"
        )
    )


def test_load_calendar_fills_plan_and_statutory_days():
    load_calendar(years=[2026, 2027])

    calendar = CalendarDay.objects.working_calendar()
    assert calendar.confirmed_years == {2026}
    assert calendar.is_workday(date(2026, 2, 14))
    assert not calendar.is_workday(date(2026, 2, 20))
    assert not calendar.is_workday(date(2027, 10, 1))


def test_load_calendar_twice_changes_nothing():
    first = load_calendar(years=[2026])
    before = days_of(2026)

    second = load_calendar(years=[2026])

    assert first == Loaded(added=39, changed=0, removed=0, kept=0)
    assert second == Loaded(added=0, changed=0, removed=0, kept=0)
    assert days_of(2026) == before


def test_load_calendar_replaces_statutory_days_once_the_plan_is_known():
    CalendarDayFactory(date=date(2026, 1, 1), name="New Year", source=Source.STATUTORY)
    CalendarDayFactory(date=date(2026, 3, 3), source=Source.STATUTORY)

    done = load_calendar(years=[2026])

    assert (done.added, done.changed, done.removed) == (38, 1, 1)
    assert CalendarDay.objects.working_calendar().confirmed_years == {2026}


def test_load_calendar_keeps_local_days_and_own_edits():
    admin = AccountFactory()
    local = CalendarDayFactory(
        date=date(2026, 5, 9), is_workday=False, name="本地", source=Source.LOCAL
    )
    edited = CalendarDayFactory(
        date=date(2026, 5, 5), is_workday=True, source=Source.PLAN, edited_by=admin
    )
    own = CalendarDayFactory(date=date(2026, 7, 1), edited_by=admin)

    done = load_calendar(years=[2026])

    assert done.kept == 3
    for day in (local, edited, own):
        before = (day.is_workday, day.name, day.source)
        day.refresh_from_db()
        assert (day.is_workday, day.name, day.source) == before


def test_load_calendar_leaves_the_days_of_regions_alone():
    CalendarDayFactory(
        region="3203", date=date(2026, 5, 9), is_workday=False, source=Source.LOCAL
    )

    load_calendar(years=[2026])

    days = CalendarDay.objects.filter(date=date(2026, 5, 9)).order_by("region")
    assert [(day.region, day.is_workday) for day in days] == [
        ("3203", False),
        ("national", True),
    ]


def test_the_command_loads_one_year_or_all(capsys):
    call_command("load_calendar", year=2025)
    assert not CalendarDay.objects.exclude(date__year=2025).exists()

    call_command("load_calendar")

    assert days_of(2024) and days_of(2026) and days_of(2027)
    assert "0 own entries kept" in capsys.readouterr().out


@pytest.mark.parametrize("year", [0, 1999, 2100, 9999])
def test_the_command_refuses_years_of_which_nothing_is_known(year):
    with pytest.raises(CommandError, match=str(year)):
        call_command("load_calendar", year=year)

    assert not CalendarDay.objects.exists()
