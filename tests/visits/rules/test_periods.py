from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.rules.periods import (
    Period,
    PeriodKind,
    months_before,
    parse_period,
    period_of,
)

DAYS = st.dates(date(1991, 1, 7), date(2198, 12, 20))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_parse_period_names_its_days(code, first, last):
    period = parse_period(code)

    assert (period.first, period.last, period.code) == (first, last, code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-Q0",
        "2026-Q5",
        "2026-H3",
        "2026-13",
        "2026-00",
        "0000",
        "1889",
        "9999-W52",
        "2026-",
        "2026-Q",
        "２０２６",
        "2026-Q4\n",
        "-2026",
        "2026-Q4-1",
        "20260",
        "2026-X1",
    ],
)
def test_parse_period_knows_nothing_else(code):
    assert parse_period(code) is None


@pytest.mark.parametrize("day", [date(2024, 12, 30), date(2027, 1, 3)])
def test_a_week_at_the_turn_of_the_year_belongs_to_its_iso_year(day):
    assert period_of(PeriodKind.WEEK, day).code == f"{day:%G}-W{day:%V}"


@given(st.sampled_from(PeriodKind), DAYS)
def test_periods_follow_each_other_without_gap(kind, day):
    period = period_of(kind, day)

    assert period.contains(day)
    assert parse_period(period.code) == period
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.previous == period


def test_the_first_and_the_last_period_have_no_neighbour_there():
    assert Period(PeriodKind.YEAR, 1990).previous is None
    assert Period(PeriodKind.YEAR, 2199).next is None


def test_another_kind_is_taken_around_today_or_the_last_day():
    quarter = parse_period("2026-Q4")

    assert quarter.as_kind(PeriodKind.MONTH, today=date(2026, 11, 22)).code == "2026-11"
    assert quarter.as_kind(PeriodKind.MONTH, today=date(2027, 3, 1)).code == "2026-12"


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 22), 6, date(2026, 5, 22)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2027, 1, 31), 2, date(2026, 11, 30)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
    ],
)
def test_months_before_ends_with_the_month(day, months, before):
    assert months_before(day, months) == before


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2026-W48", "2025-W48"),
        ("2026-W53", "2026-W01"),  # that week had no 53rd the year before
        ("2026-02", "2025-02"),
        ("2026-Q1", "2025-Q1"),
        ("2026-H1", "2025-H1"),
        ("2026", None),  # the one before it
        ("1990-Q4", None),
    ],
)
def test_the_same_period_of_the_year_before(code, expected):
    found = parse_period(code).year_before

    assert (found and found.code) == expected
