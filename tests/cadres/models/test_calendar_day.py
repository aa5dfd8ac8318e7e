from datetime import date

import pytest

from cadres.models import CalendarDay, regions_of
from cadres.rules.working_days import Source
from tests.factories import CalendarDayFactory

pytestmark = pytest.mark.django_db


def test_working_calendar_is_one_query(django_assert_num_queries):
    CalendarDayFactory(date=date(2026, 5, 1), name="劳动节")

    with django_assert_num_queries(1):
        calendar = CalendarDay.objects.working_calendar()

    assert not calendar.is_workday(date(2026, 5, 1))
    assert calendar.is_confirmed(date(2026, 6, 3))


def test_working_calendar_of_a_region_puts_its_own_days_first():
    day = date(2026, 5, 9)
    CalendarDayFactory(date=day, is_workday=True)
    CalendarDayFactory(date=day, is_workday=False, region="3203", source=Source.LOCAL)

    assert CalendarDay.objects.working_calendar().is_workday(day)
    assert CalendarDay.objects.working_calendar("3201").is_workday(day)
    assert not CalendarDay.objects.working_calendar("3203").is_workday(day)


def test_editable_by_reaches_the_nation_and_ones_own_place(district_admin, liaison):
    nation = CalendarDayFactory()
    own = CalendarDayFactory(region="3203", source=Source.LOCAL)
    CalendarDayFactory(region="3201", source=Source.LOCAL)

    assert set(CalendarDay.objects.editable_by(district_admin)) == {nation, own}
    assert not CalendarDay.objects.editable_by(liaison).exists()
    assert list(regions_of(district_admin)) == ["national", "3203"]
