"""Every date of the domain handbook, section 11, and the weeks in which it is hard."""

from datetime import date, timedelta

import pytest

from cadres.rules.known_holidays import known_days
from cadres.rules.working_days import Entry, Explained, Kind, Source, WorkingCalendar

NATION = {day: it for y in (2025, 2026, 2027) for day, it in known_days(y).items()}
CALENDAR = WorkingCalendar.of(NATION)


def d(text):
    """`d("02-14")` lies in 2026; other years are written out."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


@pytest.mark.parametrize(
    ("start", "days", "legal", "safe", "rolled"),
    [
        # The table of section 11.
        ("01-30", 15, "02-14", "02-14", "02-14"),
        ("01-30", 30, "03-01", "02-28", "03-02"),
        ("04-16", 15, "05-01", "04-30", "05-06"),
        ("09-10", 15, "09-25", "09-24", "09-28"),
        ("09-18", 15, "10-03", "09-30", "10-08"),
        ("09-18", 60, "11-17", "11-17", "11-17"),
        ("09-18", 90, "12-17", "12-17", "12-17"),
        # Around the Spring Festival: 15 to 23 February off, 14 and 28 worked.
        ("01-31", 15, "02-15", "02-14", "02-24"),
        ("02-01", 15, "02-16", "02-14", "02-24"),
        ("02-08", 15, "02-23", "02-14", "02-24"),
        ("02-09", 15, "02-24", "02-24", "02-24"),
        ("02-13", 15, "02-28", "02-28", "02-28"),
        ("01-17", 30, "02-16", "02-14", "02-24"),
        ("01-23", 15, "02-07", "02-06", "02-09"),
        # Around Labour Day: 1 to 5 May off, 9 worked.
        ("04-20", 15, "05-05", "04-30", "05-06"),
        ("04-24", 15, "05-09", "05-09", "05-09"),
        ("04-25", 15, "05-10", "05-09", "05-11"),
        # Tomb-Sweeping Day falls on a Sunday, its Monday is off.
        ("03-22", 15, "04-06", "04-03", "04-07"),
        ("06-05", 15, "06-20", "06-18", "06-22"),
        # Around National Day: 20 September worked, 1 to 7 October off, 10 worked.
        ("09-05", 15, "09-20", "09-20", "09-20"),
        ("09-11", 15, "09-26", "09-24", "09-28"),
        ("09-22", 15, "10-07", "09-30", "10-08"),
        ("09-25", 15, "10-10", "10-10", "10-10"),
        ("09-26", 15, "10-11", "10-10", "10-12"),
        # The turn of 2025/26: 1 to 3 January off, Sunday the 4th worked.
        ("2025-12-17", 15, "01-01", "2025-12-31", "01-04"),
        ("2025-12-19", 15, "01-03", "2025-12-31", "01-04"),
        ("2025-12-20", 15, "01-04", "01-04", "01-04"),
        # No days at all: the end is the start, wherever it lies.
        ("11-24", 0, "11-24", "11-24", "11-24"),
        ("10-01", 0, "10-01", "09-30", "10-08"),
    ],
)
def test_after_days_counts_calendar_days(start, days, legal, safe, rolled):
    due = CALENDAR.after_days(d(start), days)

    assert (due.start, due.legal, due.safe, due.rolled) == tuple(
        map(d, (start, legal, safe, rolled))
    )
    assert not due.provisional


@pytest.mark.parametrize(
    ("start", "days", "legal"),
    [
        # The table of section 11.
        ("02-11", 5, "02-25"),
        ("04-30", 5, "05-11"),
        ("09-17", 5, "09-23"),
        ("09-30", 5, "10-13"),
        # Saturday 14 February counts, the nine days after it do not.
        ("02-12", 2, "02-14"),
        ("02-13", 1, "02-14"),
        ("02-14", 1, "02-24"),
        ("02-15", 1, "02-24"),
        ("02-24", 5, "03-02"),
        ("02-27", 1, "02-28"),
        # Saturday 9 May counts.
        ("05-05", 5, "05-11"),
        ("05-08", 1, "05-09"),
        # Mid-Autumn Festival, then National Day in the same count.
        ("09-24", 5, "10-09"),
        ("10-09", 2, "10-12"),
        # The turn of 2025/26.
        ("2025-12-31", 1, "01-04"),
        ("2025-12-29", 5, "01-06"),
        ("11-23", 10, "12-07"),
    ],
)
def test_after_workdays_steps_over_rest_days(start, days, legal):
    due = CALENDAR.after_workdays(d(start), days)

    assert (due.legal, due.safe, due.rolled) == (d(legal),) * 3
    assert not due.provisional


@pytest.mark.parametrize(
    ("start", "days", "legal", "safe", "rolled"),
    [
        ("11-23", 60, "2027-01-22", "2027-01-22", "2027-01-22"),
        ("12-17", 15, "2027-01-01", "12-31", "2027-01-04"),
        ("12-12", 15, "12-27", "12-25", "12-28"),
        ("12-07", 60, "2027-02-05", "2027-02-04", "2027-02-09"),
        ("2027-09-16", 15, "2027-10-01", "2027-09-30", "2027-10-04"),
    ],
)
def test_without_a_plan_statutory_days_and_weekends_rest_provisionally(
    start, days, legal, safe, rolled
):
    due = CALENDAR.after_days(d(start), days)

    assert (due.legal, due.safe, due.rolled) == tuple(map(d, (legal, safe, rolled)))
    assert due.provisional


def test_after_workdays_over_new_year_is_provisional():
    due = CALENDAR.after_workdays(d("12-23"), 5)

    assert (due.legal, due.provisional) == (d("12-30"), True)


def test_a_date_is_no_longer_provisional_once_the_plan_is_known():
    plan = {
        d("2027-01-01"): Entry(False, "元旦", Source.PLAN),
        d("2027-02-20"): Entry(True, "春节调休", Source.PLAN),
    }
    before_2027 = {day: it for day, it in NATION.items() if day.year < 2027}

    due = WorkingCalendar.of(before_2027 | plan).after_days(d("11-23"), 60)

    assert (due.legal, due.provisional) == (d("2027-01-22"), False)


def test_a_year_with_a_statutory_day_left_stays_provisional():
    half = NATION | {d("2027-01-01"): Entry(False, "元旦", Source.PLAN)}

    assert WorkingCalendar.of(half).confirmed_years == {2025, 2026}


def test_a_plan_may_touch_the_december_before():
    """Monday 28 December off, Saturday 26 worked: both decided by the plan of 2027."""
    touched = NATION | {
        d("12-26"): Entry(True, "元旦调休", Source.PLAN),
        d("12-28"): Entry(False, "元旦", Source.PLAN),
    }
    calendar = WorkingCalendar.of(touched)

    due = calendar.after_days(d("12-13"), 15)

    assert (due.legal, due.safe, due.rolled) == (d("12-28"), d("12-26"), d("12-29"))
    assert calendar.is_confirmed(d("12-28"))
    assert due.provisional  # the 27th and the 29th are not settled yet


def test_days_of_december_do_not_confirm_their_own_year():
    december = {d("2030-12-30"): Entry(True, "元旦调休", Source.PLAN)}

    assert WorkingCalendar.of(december).confirmed_years == frozenset()


@pytest.mark.parametrize(
    ("day", "is_confirmed"),
    [
        ("12-24", True),
        ("12-25", False),
        ("2025-12-31", True),
        ("2027-01-01", False),
        ("2024-06-03", False),
    ],
)
def test_the_last_week_of_a_year_waits_for_the_next_plan(day, is_confirmed):
    assert CALENDAR.is_confirmed(d(day)) == is_confirmed


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_make_up_days_of_2026_are_worked(day):
    assert CALENDAR.kind(d(day)) == Kind.MAKE_UP
    assert CALENDAR.is_workday(d(day))


def test_no_other_weekend_day_of_2026_is_worked():
    days = (d("01-01") + timedelta(days=n) for n in range(365))
    worked = [x for x in days if CALENDAR.kind(x) == Kind.MAKE_UP]

    assert worked == [
        d(t) for t in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
    ]


@pytest.mark.parametrize(
    ("day", "kind", "why"),
    [
        ("02-14", Kind.MAKE_UP, "make-up day for Spring Festival"),
        ("02-16", Kind.HOLIDAY, "Lunar New Year's Eve"),
        ("02-20", Kind.HOLIDAY, "Spring Festival"),
        ("02-22", Kind.HOLIDAY, "Spring Festival"),
        ("03-01", Kind.WEEKEND, "weekend"),
        ("03-02", Kind.WORKDAY, ""),
        ("2025-10-07", Kind.HOLIDAY, "National Day / Mid-Autumn Festival"),
    ],
)
def test_why_names_the_day(day, kind, why, english):
    assert (CALENDAR.kind(d(day)), CALENDAR.why(d(day))) == (kind, why)


def test_a_due_date_says_what_was_skipped_and_made_up(english):
    due = CALENDAR.after_days(d("01-30"), 30)

    assert due.skipped == (Explained(d("03-01"), "weekend"),)
    assert due.made_up == (Explained(d("02-28"), "make-up day for Spring Festival"),)


def test_a_working_day_clock_says_what_was_skipped_and_made_up(english):
    due = CALENDAR.after_workdays(d("02-12"), 3)

    assert due.legal == d("02-24")
    assert [it.day for it in due.skipped] == [d(f"02-{n}") for n in range(15, 24)]
    assert [it.day for it in due.made_up] == [d("02-14")]


def test_a_date_on_a_plain_working_day_needs_no_explanation():
    due = CALENDAR.after_days(d("09-18"), 60)

    assert (due.skipped, due.made_up) == ((), ())


def test_local_days_override_the_nations():
    """A festival of an autonomous area, and a make-up day that does not hold there."""
    own = {
        d("06-10"): Entry(False, "地方节日", Source.LOCAL),
        d("05-09"): Entry(False, "周末", Source.LOCAL),
    }
    here = WorkingCalendar.of(NATION, own)

    assert not here.is_workday(d("06-10"))
    assert here.why(d("06-10")) == "地方节日"
    assert not here.is_workday(d("05-09"))
    assert here.is_confirmed(d("06-10"))
    assert here.after_days(d("05-26"), 15).rolled == d("06-11")
    assert CALENDAR.is_workday(d("06-10"))


def test_local_days_neither_confirm_a_year_nor_unsettle_one():
    own = {
        d("2027-06-09"): Entry(True, "地方上班", Source.LOCAL),
        d("06-10"): Entry(False, "地方节日", Source.LOCAL),
    }
    here = WorkingCalendar.of(NATION, own)

    assert here.confirmed_years == {2025, 2026}
    assert here.is_confirmed(d("2027-06-09"))
    assert not here.is_confirmed(d("2027-06-10"))


def test_without_any_record_weekends_rest_and_nothing_is_confirmed():
    nothing = WorkingCalendar()

    assert [nothing.is_workday(d(f"11-{n}")) for n in (20, 21, 22, 23)] == [
        True,
        False,
        False,
        True,
    ]
    assert nothing.after_days(d("11-06"), 15).provisional


@pytest.mark.parametrize("days", [-1, -15])
def test_a_clock_does_not_run_backwards(days):
    with pytest.raises(ValueError, match=str(days)):
        CALENDAR.after_days(d("01-30"), days)


def test_a_working_day_clock_has_at_least_one_day():
    with pytest.raises(ValueError, match="0"):
        CALENDAR.after_workdays(d("01-30"), 0)


@pytest.mark.parametrize("clock", ["after_days", "after_workdays"])
def test_beyond_the_calendar_there_is_no_date(clock):
    with pytest.raises(OverflowError):
        getattr(CALENDAR, clock)(date.max, 5)
