from datetime import date

import pytest

from cadres.rules.working_days import Entry, Source, WorkingCalendar
from visits.rules.series import Every, OnRest, Pattern, Skip, dates_of


def plan(days, *, works=False, name="国庆节"):
    return {date.fromisoformat(day): Entry(works, name, Source.PLAN) for day in days}


PLAIN = WorkingCalendar()
AUTUMN = WorkingCalendar(
    plan([f"2026-10-0{n}" for n in range(1, 8)])
    | plan(["2026-09-20", "2026-10-10"], works=True, name="国庆节调休"),
    frozenset({2026}),
)


def held(pattern, calendar=PLAIN):
    return [
        str(due.on)[5:] if due.on else due.skip for due in dates_of(pattern, calendar)
    ]


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        pytest.param(
            {"every": Every.WEEKS, "weekday": 1, "count": 3},
            ["09-01", "09-08", "09-15"],
            id="weekly from the first weekday on",
        ),
        pytest.param(
            {"every": Every.WEEKS, "interval": 2, "weekday": 3, "count": 3},
            ["09-03", "09-17", "10-01"],
            id="every second week",
        ),
        pytest.param(
            {"every": Every.NTH, "weekday": 2, "nth": 2, "count": 3},
            ["09-09", "10-14", "11-11"],
            id="second Wednesday",
        ),
        pytest.param(
            {"every": Every.NTH, "weekday": 4, "nth": -1, "count": 2},
            ["09-25", "10-30"],
            id="last Friday",
        ),
        pytest.param(
            {"every": Every.DAY, "month_day": 31, "count": 3},
            ["09-30", "skip", "11-30"],
            id="the last day of a short month",
        ),
        pytest.param(
            {
                "every": Every.DAY,
                "month_day": 1,
                "interval": 3,
                "last": date(2027, 3, 2),
            },
            ["09-01", "12-01", "03-01"],
            id="each quarter until a day",
        ),
    ],
)
def test_dates_follow_the_pattern(fields, days):
    found = held(Pattern(first=date(2026, 9, 1), **fields))

    assert found == [Skip.REST if day == "skip" else day for day in days]


@pytest.mark.parametrize(
    ("on_rest", "days"),
    [
        (OnRest.SKIP, ["09-24", Skip.REST, "10-08"]),
        # The next working day is the series' own next date.
        (OnRest.NEXT, ["09-24", Skip.SAME_DAY, "10-08"]),
        (OnRest.PREVIOUS, ["09-24", "09-30", "10-08"]),
    ],
)
def test_holidays_shift_or_are_left_out(on_rest, days):
    pattern = Pattern(
        Every.WEEKS, date(2026, 9, 24), weekday=3, count=3, on_rest=on_rest
    )

    assert held(pattern, AUTUMN) == days
    assert dates_of(pattern, AUTUMN)[1].why == "国庆节"


def test_make_up_days_are_working_days():
    pattern = Pattern(Every.WEEKS, date(2026, 10, 3), weekday=5, count=3)

    assert held(pattern, AUTUMN) == [Skip.REST, "10-10", Skip.REST]


def test_a_day_that_no_plan_confirms_is_provisional():
    pattern = Pattern(Every.DAY, date(2026, 11, 2), month_day=4, count=3)

    found = dates_of(pattern, AUTUMN)

    assert [due.provisional for due in found] == [False, False, True]


def test_a_series_has_at_most_sixty_dates():
    assert (
        len(held(Pattern(Every.WEEKS, date(2026, 9, 1), last=date(2099, 1, 1)))) == 60
    )
