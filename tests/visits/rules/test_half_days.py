from datetime import date, datetime

import pytest

from visits.rules.half_days import date_of, half_day, half_days, halves_between

DAY = date(2026, 11, 25)


def at(clock, day=25):
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute))


@pytest.mark.parametrize(
    ("starts", "ends", "halves"),
    [
        pytest.param(at("09:00"), at("11:00"), [0], id="morning"),
        pytest.param(at("09:00"), at("12:00"), [0], id="noon ends the morning"),
        pytest.param(at("12:00"), at("13:00"), [1], id="noon begins the afternoon"),
        pytest.param(at("11:59"), at("12:01"), [0, 1], id="both touched"),
        pytest.param(at("19:00"), at("21:00"), [1], id="the evening is afternoon"),
        pytest.param(at("14:00"), at("00:00", 26), [1], id="midnight ends the day"),
        pytest.param(at("14:00"), at("09:00", 26), [1, 2], id="overnight"),
        pytest.param(at("08:00"), at("18:00", 26), [0, 1, 2, 3], id="two days"),
    ],
)
def test_half_days_that_a_span_touches(starts, ends, halves):
    first = half_day(DAY, afternoon=False)

    assert half_days(starts, ends) == [first + half for half in halves]


def test_half_days_know_their_date():
    assert [date_of(half) for half in halves_between(DAY, DAY)] == [DAY, DAY]
