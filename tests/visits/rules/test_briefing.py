from datetime import date, datetime

import pytest

from visits.rules.briefing import briefed_until, opens_at


def test_opens_at_six_the_evening_before():
    assert opens_at(date(2026, 12, 1)) == datetime(2026, 11, 30, 18)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 11, 30, 17, 59), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 18, 0), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 0, 0), date(2026, 12, 1)),
    ],
)
def test_briefed_until_tomorrow_once_it_is_evening(at, until):
    assert briefed_until(at) == until
