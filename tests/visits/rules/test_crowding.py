from datetime import date

import pytest

from visits.rules.crowding import Span, crowds, days_apart, quieter_days

COUNTY, TOWN, OTHER_TOWN = 320312, 320312106, 320312104
LIMITS = {"county_days": 7, "township_days": 30}


def span(first, last=None, *, county=COUNTY, township=TOWN, **more):
    last = last or first
    return Span(county, township, date(2026, 11, first), date(2026, 11, last), **more)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (span(10), span(10), 0),
        (span(10), span(13), 3),
        (span(13), span(10), 3),
        (span(10, 12), span(12, 14), 0),
        (span(10, 12), span(15), 3),
    ],
)
def test_days_apart(one, other, apart):
    assert days_apart(one, other) == apart


@pytest.mark.parametrize(
    ("other", "limits", "is_crowded"),
    [
        pytest.param(span(30), LIMITS, True, id="township within 30 days"),
        pytest.param(span(17, township=OTHER_TOWN), LIMITS, True, id="county, 7 days"),
        pytest.param(span(18, township=OTHER_TOWN), LIMITS, False, id="county, 8 days"),
        pytest.param(span(10, county=1, township=2), LIMITS, False, id="elsewhere"),
        pytest.param(span(10, township=None), LIMITS, True, id="only the county named"),
        pytest.param(
            span(10), {"county_days": 0, "township_days": 0}, False, id="switched off"
        ),
        pytest.param(
            span(25), {"county_days": 7, "township_days": 0}, False, id="half off"
        ),
    ],
)
def test_crowds(other, limits, is_crowded):
    assert crowds(span(10), other, **limits) is is_crowded


@pytest.mark.parametrize(
    ("other", "is_crowded"),
    [
        pytest.param({"prefecture": 3203, "department": 5}, True, id="the same"),
        pytest.param({"prefecture": 3203, "department": 6}, False, id="another unit"),
        pytest.param({"prefecture": 3211, "department": 5}, False, id="another city"),
    ],
)
def test_one_department_is_once_in_one_city(other, is_crowded):
    wanted = span(10, prefecture=3203, department=5)
    there = span(10, county=1, township=2, **other)

    assert crowds(wanted, there, **LIMITS) is is_crowded


def test_one_department_may_come_back_the_next_day():
    wanted = span(10, prefecture=3203, department=5)
    there = span(11, county=1, township=2, prefecture=3203, department=5)

    assert not crowds(wanted, there, **LIMITS)


def test_quieter_days_are_near_free_and_working_days():
    days = quieter_days(
        span(18, township=OTHER_TOWN),
        [span(18)],
        not_before=date(2026, 11, 16),
        is_workday=lambda day: day.weekday() < 5,
        **LIMITS,
    )

    assert days == [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)]


def test_quieter_days_may_be_none():
    always = Span(COUNTY, TOWN, date(2020, 1, 1), date(2030, 1, 1))

    days = quieter_days(
        span(18),
        [always],
        not_before=date(2026, 11, 16),
        is_workday=lambda day: True,
        **LIMITS,
    )

    assert days == []
