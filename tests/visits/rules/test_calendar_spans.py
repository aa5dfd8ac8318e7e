from datetime import date

import pytest

from visits.rules.calendar_spans import Month, Week, quarter_of

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        # Anything strange is the present week.
        ("", date(2026, 11, 23), date(2026, 11, 29)),
        ("2027-W53", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W00", date(2026, 11, 23), date(2026, 11, 29)),
        ("9999-W52", date(2026, 11, 23), date(2026, 11, 29)),
        ("0000-W01", date(2026, 11, 23), date(2026, 11, 29)),
        ("２０２６-W01", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-W48; drop", date(2026, 11, 23), date(2026, 11, 29)),
    ],
)
def test_week_reads_what_an_address_names(text, first, last):
    week = Week.read(text, today=TODAY)

    assert (week.first, week.last) == (first, last)
    assert Week.read(week.key, today=date(2000, 1, 1)) == week


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-13", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-00", date(2026, 11, 1), date(2026, 11, 30)),
        ("9999-12", date(2026, 11, 1), date(2026, 11, 30)),
        ("\x00", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_month_reads_what_an_address_names(text, first, last):
    month = Month.read(text, today=TODAY)

    assert (month.first, month.last) == (first, last)


def test_neighbours_touch_without_a_gap():
    week, month = Week.of(date(2026, 12, 30)), Month.of(date(2026, 12, 30))

    assert (week.before.key, week.key, week.after.key) == (
        "2026-W52",
        "2026-W53",
        "2027-W01",
    )
    assert (month.before.key, month.after.key) == ("2026-11", "2027-01")


def test_month_is_filled_up_to_whole_weeks():
    weeks = Month.of(TODAY).weeks

    assert [week[0] for week in weeks] == [
        date(2026, 10, 26),
        date(2026, 11, 2),
        date(2026, 11, 9),
        date(2026, 11, 16),
        date(2026, 11, 23),
        date(2026, 11, 30),
    ]
    assert {len(week) for week in weeks} == {7}


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 8, 9), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarter_has_three_whole_months(day, first, last):
    quarter = quarter_of(day)

    assert (quarter.first, quarter.last) == (first, last)
