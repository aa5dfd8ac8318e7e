from datetime import date

import pytest

from cadres.rules.known_holidays import known_days
from cadres.rules.working_days import Source


def test_a_year_with_a_plan_has_its_make_up_days():
    worked = {
        day: entry.name for day, entry in known_days(2026).items() if entry.is_workday
    }

    assert worked == {
        date(2026, 1, 4): "元旦调休",
        date(2026, 2, 14): "春节调休",
        date(2026, 2, 28): "春节调休",
        date(2026, 5, 9): "劳动节调休",
        date(2026, 9, 20): "国庆节调休",
        date(2026, 10, 10): "国庆节调休",
    }


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # As the State Council office announced them for 2026.
        ((1, 1), (1, 3), 3),
        ((2, 15), (2, 23), 9),
        ((4, 4), (4, 6), 3),
        ((5, 1), (5, 5), 5),
        ((6, 19), (6, 21), 3),
        ((9, 25), (9, 27), 3),
        ((10, 1), (10, 7), 7),
    ],
)
def test_the_festivals_of_2026_are_whole(first, last, days):
    known = known_days(2026)
    rest = {day for day, entry in known.items() if not entry.is_workday}
    block = {day for day in rest if date(2026, *first) <= day <= date(2026, *last)}

    assert len(block) == days


def test_the_plan_of_2026_has_33_rest_days():
    plan = known_days(2026).values()

    assert sum(not entry.is_workday for entry in plan) == 33
    assert {entry.source for entry in plan} == {Source.PLAN}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_plans_are_known_until_2026(year):
    assert {entry.source for entry in known_days(year).values()} == {Source.PLAN}


def test_a_year_without_plan_has_only_the_statutory_days():
    known = known_days(2027)

    assert [day.isoformat()[5:] for day in known] == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02",
        "06-09", "09-15", "10-01", "10-02", "10-03",
    ]  # fmt: skip
    assert {(it.is_workday, it.source) for it in known.values()} == {
        (False, Source.STATUTORY)
    }


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_of_other_years_nothing_is_known(year):
    with pytest.raises(ValueError, match=str(year)):
        known_days(year)
