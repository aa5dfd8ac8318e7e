from datetime import date

import pytest
from django.core.exceptions import ValidationError

from cadres.actions.load_calendar import load_calendar
from cadres.actions.set_calendar_day import (
    add_calendar_day,
    change_calendar_day,
    remove_calendar_day,
)
from cadres.models import CalendarDay
from cadres.rules.working_days import Source
from tests.factories import CalendarDayFactory, at

pytestmark = pytest.mark.django_db
NOW = at("2026-11-24 10:00")
DAY = {
    "now": NOW,
    "region": "national",
    "date": date(2026, 12, 31),
    "is_workday": False,
    "name": "元旦",
    "source": Source.PLAN,
}


def add(by, **other):
    return add_calendar_day(by=by, **(DAY | other))


def test_add_calendar_day_enters_it_with_who_and_when(district_admin):
    day = add(district_admin)

    day.refresh_from_db()
    assert (day.date, day.is_workday, day.name) == (date(2026, 12, 31), False, "元旦")
    assert (day.edited_by, day.edited_at) == (district_admin, NOW)


def test_add_calendar_day_twice_is_one_day(district_admin):
    assert add(district_admin) == add(district_admin)
    assert CalendarDay.objects.count() == 1


def test_add_calendar_day_refuses_a_day_that_is_there(district_admin):
    CalendarDayFactory(date=DAY["date"])

    with pytest.raises(ValidationError) as refusal:
        add(district_admin)

    assert set(refusal.value.error_dict) == {"date"}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("date", date(1, 1, 1)),
        ("date", date(2000, 12, 31)),
        ("date", date(9999, 12, 31)),
        ("name", "  "),
        ("name", "长" * 10_000),
        ("source", "rumour"),
    ],
)
def test_add_calendar_day_refuses_bad_values(district_admin, argument, value):
    with pytest.raises(ValidationError) as refusal:
        add(district_admin, **{argument: value})

    assert argument in refusal.value.error_dict
    assert not CalendarDay.objects.exists()


def test_a_region_has_local_days_only(district_admin):
    with pytest.raises(ValidationError) as refusal:
        add(district_admin, region="3203")

    assert set(refusal.value.error_dict) == {"source"}


def test_change_calendar_day_outlives_the_next_loading(district_admin):
    load_calendar(years=[2026])
    day = CalendarDay.objects.get(date=date(2026, 10, 10))

    change_calendar_day(
        day, by=district_admin, now=NOW, is_workday=False, name="x", source="local"
    )
    load_calendar(years=[2026])

    day.refresh_from_db()
    assert (day.is_workday, day.name, day.edited_by) == (False, "x", district_admin)


def test_change_calendar_day_says_when_it_is_gone(district_admin):
    day = CalendarDayFactory()
    CalendarDay.objects.all().delete()

    with pytest.raises(ValidationError) as refusal:
        change_calendar_day(
            day, by=district_admin, now=NOW, is_workday=True, name="x", source="plan"
        )

    assert refusal.value.code == "gone"


def test_remove_calendar_day_brings_back_what_is_known(district_admin):
    day = CalendarDayFactory(
        date=date(2026, 10, 10), is_workday=False, edited_by=district_admin
    )

    remove_calendar_day(day)

    back = CalendarDay.objects.get()
    assert (back.is_workday, back.name, back.edited_by) == (True, "国庆节调休", None)


def test_remove_calendar_day_of_a_day_only_the_office_knew(district_admin):
    remove_calendar_day(add(district_admin))

    assert not CalendarDay.objects.exists()


def test_remove_calendar_day_refuses_a_day_of_the_plan(district_admin):
    day = CalendarDayFactory(source=Source.PLAN)

    with pytest.raises(ValidationError) as refusal:
        remove_calendar_day(day)

    assert refusal.value.code == "not_own"
    assert CalendarDay.objects.exists()
