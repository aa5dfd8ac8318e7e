from datetime import date, timedelta

import pytest

from tests.factories import at
from visits.rules.moving import Half, exchanged, shifted, start_on
from visits.rules.plan import Member, StopPlan


def stop(starts, ends):
    return StopPlan("place", at(starts), at(ends), ["study"])


@pytest.mark.parametrize(
    ("ends", "half", "start"),
    [
        pytest.param("11:30", "", "09:30", id="no half keeps the clock"),
        pytest.param("11:30", Half.MORNING, "09:30", id="same half keeps the clock"),
        pytest.param("11:30", Half.AFTERNOON, "14:00", id="other half begins with it"),
        pytest.param(
            "17:00", Half.AFTERNOON, "09:30", id="a whole day keeps the clock"
        ),
    ],
)
def test_start_on(ends, half, start):
    was = stop("2026-11-25 09:30", f"2026-11-25 {ends}")

    assert start_on(date(2026, 11, 27), half, was=was) == at(f"2026-11-27 {start}")


def test_shifted_moves_all_stops_alike():
    stops = [
        stop("2026-11-25 09:00", "2026-11-25 11:00"),
        stop("2026-11-26 09:00", "2026-11-26 12:00"),
    ]

    moved = shifted(stops, timedelta(days=2, hours=1))

    assert [(it.starts_at, it.ends_at) for it in moved] == [
        (at("2026-11-27 10:00"), at("2026-11-27 12:00")),
        (at("2026-11-28 10:00"), at("2026-11-28 13:00")),
    ]


def test_exchanged_gives_the_part_to_who_comes():
    team = [Member("a", "lead"), Member("b", "recorder")]

    assert exchanged(team, "b", "c") == [Member("a", "lead"), Member("c", "recorder")]
