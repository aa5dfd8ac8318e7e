from datetime import date, datetime

import pytest

from visits.rules.free_windows import Window, free_windows


def at(day, clock):
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute))


def window(day, starts, ends):
    return Window(at(day, starts), at(day, ends))


def offers(wanted, *busy, not_before=None):
    return free_windows(
        wanted,
        busy,
        not_before=not_before or datetime(2026, 11, 23),
        is_workday=lambda day: day.weekday() < 5,
    )


def test_free_windows_are_the_nearest_and_do_not_overlap():
    wanted = window(25, "09:00", "11:00")  # a Wednesday

    assert offers(wanted, window(25, "10:00", "12:00")) == [
        window(25, "08:00", "10:00"),
        window(25, "12:00", "14:00"),
        window(25, "14:00", "16:00"),
    ]


@pytest.mark.parametrize(
    ("wanted", "busy"),
    [
        (window(27, "14:00", "17:00"), window(27, "08:00", "18:00")),
        (window(23, "08:00", "10:00"), window(23, "08:00", "18:00")),
        (window(25, "09:05", "09:50"), window(25, "09:00", "10:00")),
    ],
)
def test_free_windows_keep_length_office_hours_and_working_days(wanted, busy):
    found = offers(wanted, busy)

    assert len(found) == 3
    for it in found:
        assert it.ends_at - it.starts_at == wanted.ends_at - wanted.starts_at
        assert it.starts_at.weekday() < 5
        assert it.starts_at.hour >= 8
        assert (it.ends_at.hour, it.ends_at.minute) <= (18, 0)
        assert not it.meets(busy)


def test_free_windows_of_several_days_keep_their_time_of_day():
    wanted = Window(at(25, "14:00"), at(26, "10:00"))

    found = offers(wanted, wanted)

    assert {it.starts_at.time() for it in found} == {at(25, "14:00").time()}


def test_free_windows_do_not_lie_in_the_past():
    found = offers(
        window(25, "09:00", "11:00"),
        window(25, "08:00", "12:00"),
        not_before=at(25, "13:00"),
    )

    assert all(it.starts_at >= at(25, "13:00") for it in found)


def test_free_windows_of_someone_always_taken_are_none():
    always = Window(datetime(2020, 1, 1), datetime(2030, 1, 1))

    assert offers(window(25, "09:00", "11:00"), always) == []


def test_windows_that_touch_do_not_meet():
    assert not window(25, "09:00", "11:00").meets(window(25, "11:00", "12:00"))
    assert date(2026, 11, 25).weekday() == 2
