"""The legal clocks, by hand-made examples over the holidays of 2026 and New Year 2027."""

from datetime import date, timedelta

import pytest

from cadres.rules.known_holidays import known_days
from cadres.rules.working_days import Entry, Source, WorkingCalendar
from visits.rules.clocks import (
    Fact,
    Term,
    clocks_of,
    longest_extension,
    next_due,
    open_window,
    runs_in,
)
from visits.rules.letter_states import Category, Clock, Step

NATION = known_days(2025) | known_days(2026) | known_days(2027)
CALENDAR = WorkingCalendar.of(NATION)
LAW = [
    Term(clock, days, is_working, date(2022, 5, 1))
    for clock, days, is_working in [
        ("C1", 15, False),
        ("C2", 0, False),
        ("C3", 15, False),
        ("C4", 15, False),
        ("C5", 5, True),
        ("C7", 60, False),
        ("C8", 30, False),
        ("C9", 30, False),
        ("C10", 30, False),
        ("C11", 30, False),
        ("C12", 30, False),
    ]
]
D = date.fromisoformat


def fact(step, on, **record):
    return Fact(step, D(on), record)


def clocks(*facts, category=Category.REQUEST, direct=False, urgent=None, **world):
    return clocks_of(
        facts,
        category=category,
        to_petition_office=not direct,
        urgent_on=D(urgent) if urgent else None,
        terms=world.get("terms", LAW),
        calendar=world.get("calendar", CALENDAR),
    )


def only(found, clock):
    [one] = [it for it in found if it.clock == clock]
    return one


def received(on, **record):
    return fact(Step.RECEIVE, on, **record)


def accepted(on, **record):
    return fact(Step.ACCEPT, on, accepted_on=on, **record)


def answered(on, delivered=None):
    return fact(Step.ANSWER, on, **({"received_on": delivered} if delivered else {}))


def asked(step, on):
    return fact(step, on, requested_on=on)


def handled(on, **record):
    return [received(on), fact(Step.FORWARD, on), accepted(on, **record)]


def window(on):
    """C9 from a delivery on that day."""
    return clocks(*handled("2025-12-31"), answered(on, on))


def reviewed(on):
    """C10 and C11 in one: a review asked for and answered on one day."""
    return [
        *handled("2025-12-31"),
        answered(on, on),
        asked(Step.ASK_REVIEW, on),
        fact(Step.REVIEW, on, received_on=on),
    ]


def by_clock(clock, on):
    """A letter in which the clock starts on that day, by the shortest way."""
    ways = {
        "C1": lambda: clocks(received(on)),
        "C3": lambda: clocks(received(on), direct=True),
        "C4": lambda: clocks(received(on), fact(Step.FORWARD, on)),
        "C5": lambda: clocks(received(on), fact(Step.FORWARD, on)),
        "C7": lambda: clocks(*handled(on)),
        "C9": lambda: window(on),
        "C10": lambda: clocks(*reviewed(on)[:-1]),
        "C11": lambda: clocks(*reviewed(on)),
        "C12": lambda: clocks(*reviewed(on), asked(Step.ASK_REREVIEW, on)),
    }
    return only(ways[clock](), clock)


# --- The table of section 11 --------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "start", "legal", "safe"),
    [
        ("C1", "2026-01-30", "2026-02-14", "2026-02-14"),
        ("C10", "2026-01-30", "2026-03-01", "2026-02-28"),
        ("C4", "2026-04-16", "2026-05-01", "2026-04-30"),
        ("C1", "2026-09-10", "2026-09-25", "2026-09-24"),
        ("C3", "2026-09-18", "2026-10-03", "2026-09-30"),
        ("C7", "2026-09-18", "2026-11-17", "2026-11-17"),
        ("C7", "2026-11-23", "2027-01-22", "2027-01-22"),
        ("C5", "2026-02-11", "2026-02-25", "2026-02-25"),
        ("C5", "2026-04-30", "2026-05-11", "2026-05-11"),
        ("C5", "2026-09-17", "2026-09-23", "2026-09-23"),
        ("C5", "2026-09-30", "2026-10-13", "2026-10-13"),
    ],
)
def test_the_table_of_the_handbook(clock, start, legal, safe):
    found = by_clock(clock, start)

    assert (found.started_on, found.legal, found.safe) == (D(start), D(legal), D(safe))


@pytest.mark.parametrize(
    ("start", "days", "rolled"),
    [
        ("2026-01-30", 15, "2026-02-14"),
        ("2026-01-30", 30, "2026-03-02"),
        ("2026-04-16", 15, "2026-05-06"),
        ("2026-09-10", 15, "2026-09-28"),
        ("2026-09-18", 15, "2026-10-08"),
    ],
)
def test_the_rolled_days_of_the_handbook(start, days, rolled):
    nation = [Term("C9", days, False, D("2022-05-01"))]

    found = clocks(*handled("2025-12-31"), answered(start, start), terms=nation)

    assert only(found, "C9").legal == D(rolled)


# --- Dated cases: Spring Festival, National Day, the year's end ----------------------


@pytest.mark.parametrize(
    ("clock", "start", "legal", "safe"),
    [
        # Spring Festival 2026: 15 to 23 February; worked: 14 and 28 February.
        ("C1", "2026-01-29", "2026-02-13", "2026-02-13"),
        ("C1", "2026-01-31", "2026-02-15", "2026-02-14"),
        ("C1", "2026-02-01", "2026-02-16", "2026-02-14"),
        ("C1", "2026-02-05", "2026-02-20", "2026-02-14"),
        ("C1", "2026-02-08", "2026-02-23", "2026-02-14"),
        ("C1", "2026-02-09", "2026-02-24", "2026-02-24"),
        ("C1", "2026-02-12", "2026-02-27", "2026-02-27"),
        ("C1", "2026-02-13", "2026-02-28", "2026-02-28"),
        ("C1", "2026-02-14", "2026-03-01", "2026-02-28"),
        ("C1", "2026-02-15", "2026-03-02", "2026-03-02"),
        ("C3", "2026-02-02", "2026-02-17", "2026-02-14"),
        ("C4", "2026-02-06", "2026-02-21", "2026-02-14"),
        ("C5", "2026-02-06", "2026-02-13", "2026-02-13"),
        ("C5", "2026-02-09", "2026-02-14", "2026-02-14"),
        ("C5", "2026-02-10", "2026-02-24", "2026-02-24"),
        ("C5", "2026-02-13", "2026-02-27", "2026-02-27"),
        ("C5", "2026-02-14", "2026-02-28", "2026-02-28"),
        ("C5", "2026-02-20", "2026-02-28", "2026-02-28"),
        ("C5", "2026-02-24", "2026-03-02", "2026-03-02"),
        ("C7", "2025-12-18", "2026-02-16", "2026-02-14"),
        ("C7", "2025-12-25", "2026-02-23", "2026-02-14"),
        ("C10", "2026-01-16", "2026-02-15", "2026-02-14"),
        ("C10", "2026-01-24", "2026-02-23", "2026-02-14"),
        ("C12", "2026-01-22", "2026-02-21", "2026-02-14"),
        ("C9", "2026-01-16", "2026-02-24", "2026-02-24"),
        ("C9", "2026-01-15", "2026-02-14", "2026-02-14"),
        ("C11", "2026-01-22", "2026-02-24", "2026-02-24"),
        ("C11", "2026-01-30", "2026-03-02", "2026-03-02"),
        # Mid-Autumn 25 to 27 September, National Day 1 to 7 October; worked: 20
        # September and 10 October.
        ("C1", "2026-09-11", "2026-09-26", "2026-09-24"),
        ("C1", "2026-09-15", "2026-09-30", "2026-09-30"),
        ("C1", "2026-09-16", "2026-10-01", "2026-09-30"),
        ("C1", "2026-09-22", "2026-10-07", "2026-09-30"),
        ("C1", "2026-09-23", "2026-10-08", "2026-10-08"),
        ("C1", "2026-09-25", "2026-10-10", "2026-10-10"),
        ("C1", "2026-09-26", "2026-10-11", "2026-10-10"),
        ("C4", "2026-09-05", "2026-09-20", "2026-09-20"),
        ("C5", "2026-09-14", "2026-09-20", "2026-09-20"),
        ("C5", "2026-09-18", "2026-09-24", "2026-09-24"),
        ("C5", "2026-09-24", "2026-10-09", "2026-10-09"),
        ("C5", "2026-09-28", "2026-10-10", "2026-10-10"),
        ("C5", "2026-10-01", "2026-10-13", "2026-10-13"),
        ("C7", "2026-08-05", "2026-10-04", "2026-09-30"),
        ("C7", "2026-08-11", "2026-10-10", "2026-10-10"),
        ("C9", "2026-09-04", "2026-10-08", "2026-10-08"),
        ("C9", "2026-09-11", "2026-10-12", "2026-10-12"),
        ("C9", "2026-09-10", "2026-10-10", "2026-10-10"),
        ("C10", "2026-09-03", "2026-10-03", "2026-09-30"),
        ("C11", "2026-08-26", "2026-09-28", "2026-09-28"),
        ("C12", "2026-09-07", "2026-10-07", "2026-09-30"),
        # The year's end: 1 January 2027 is a statutory day, nothing else is known.
        ("C1", "2026-12-15", "2026-12-30", "2026-12-30"),
        ("C1", "2026-12-17", "2027-01-01", "2026-12-31"),
        ("C1", "2026-12-18", "2027-01-02", "2026-12-31"),
        ("C1", "2026-12-19", "2027-01-03", "2026-12-31"),
        ("C1", "2026-12-20", "2027-01-04", "2027-01-04"),
        ("C5", "2026-12-28", "2027-01-05", "2027-01-05"),
        ("C5", "2026-12-31", "2027-01-08", "2027-01-08"),
        ("C7", "2026-11-02", "2027-01-01", "2026-12-31"),
        ("C9", "2026-12-03", "2027-01-04", "2027-01-04"),
        ("C9", "2026-11-30", "2026-12-30", "2026-12-30"),
        ("C11", "2026-12-02", "2027-01-04", "2027-01-04"),
        ("C12", "2026-12-04", "2027-01-03", "2026-12-31"),
        # Labour Day and a new year before: 1 to 5 May, worked 9 May; 1 to 3 January.
        ("C1", "2026-04-20", "2026-05-05", "2026-04-30"),
        ("C1", "2026-04-24", "2026-05-09", "2026-05-09"),
        ("C5", "2025-12-31", "2026-01-08", "2026-01-08"),
    ],
)
def test_a_clock_ends(clock, start, legal, safe):
    found = by_clock(clock, start)

    assert (found.legal, found.safe) == (D(legal), D(safe))


@pytest.mark.parametrize(
    ("clock", "start", "provisional"),
    [
        ("C1", "2026-11-23", False),
        ("C1", "2026-12-09", False),  # ends on the 24th, which no plan of 2027 touches
        ("C1", "2026-12-10", True),
        ("C1", "2026-12-20", True),
        ("C7", "2026-09-18", False),
        ("C7", "2026-11-23", True),
        ("C5", "2026-12-17", False),
        ("C5", "2026-12-21", True),
        ("C9", "2026-11-24", False),
        ("C9", "2026-12-03", True),
    ],
)
def test_a_date_that_no_plan_has_confirmed_is_provisional(clock, start, provisional):
    assert by_clock(clock, start).is_provisional is provisional


def test_a_plan_that_is_loaded_later_moves_a_provisional_date():
    plan = {
        D("2027-01-04"): Entry(False, "元旦", Source.PLAN),
        D("2027-05-08"): Entry(True, "劳动节调休", Source.PLAN),
    }
    statutory = {day: it for day, it in NATION.items() if day.year < 2027}
    loaded = WorkingCalendar.of(statutory | plan)

    before = clocks(received("2026-12-20"))[0]
    after = clocks(received("2026-12-20"), calendar=loaded)[0]

    assert (before.safe, before.is_provisional) == (D("2027-01-04"), True)
    assert (after.safe, after.is_provisional) == (D("2027-01-01"), False)


# --- What starts and stops what ------------------------------------------------------


def test_two_windows_follow_each_other_each_from_its_own_receipt():
    found = clocks(received("2026-03-02"), fact(Step.FORWARD, "2026-03-12"))

    route, notice = only(found, "C1"), only(found, "C4")
    assert (route.stopped_on, route.legal) == (D("2026-03-12"), D("2026-03-17"))
    assert (notice.started_on, notice.legal) == (D("2026-03-12"), D("2026-03-27"))


def test_what_is_due_is_the_notice_not_the_right_to_object():
    found = clocks(received("2026-03-02"), fact(Step.FORWARD, "2026-03-12"))

    assert only(found, "C5").safe < only(found, "C4").safe
    assert next_due(found) == only(found, "C4")


def test_a_letter_to_the_organ_itself_has_the_notice_clock_and_no_route():
    assert [it.clock for it in clocks(received("2026-03-02"), direct=True)] == ["C3"]


def test_handling_runs_from_the_day_of_acceptance_not_of_the_notice():
    found = clocks(
        received("2026-03-02"),
        fact(Step.FORWARD, "2026-03-03"),
        fact(Step.ACCEPT, "2026-03-16", accepted_on="2026-03-09"),
    )

    assert only(found, "C7").legal == D("2026-05-08")
    assert [it.clock for it in found if it.is_running] == ["C7"]


def test_an_extension_starts_with_the_end_of_handling():
    found = clocks(*handled("2026-09-18"), fact(Step.EXTEND, "2026-11-10", days=30))

    handle, extension = only(found, "C7"), only(found, "C8")
    assert handle.stop_step == Step.EXTEND
    assert (extension.started_on, extension.legal) == (
        D("2026-11-17"),
        D("2026-12-17"),
    )
    assert (extension.day(D("2026-11-12")), extension.day(D("2026-11-20"))) == (0, 3)


@pytest.mark.parametrize(
    ("days", "legal", "safe"),
    [
        (10, "2026-10-04", "2026-09-30"),
        (16, "2026-10-10", "2026-10-10"),
        (17, "2026-10-11", "2026-10-10"),
        (30, "2026-10-24", "2026-10-23"),
    ],
)
def test_an_extension_over_national_day(days, legal, safe):
    found = clocks(*handled("2026-07-26"), fact(Step.EXTEND, "2026-09-01", days=days))

    assert only(found, "C7").legal == D("2026-09-24")
    assert (only(found, "C8").legal, only(found, "C8").safe) == (D(legal), D(safe))


def test_the_answer_stops_handling_but_the_report_is_still_owed():
    found = clocks(
        received("2026-03-02"),
        fact(Step.ASSIGN, "2026-03-03", report_on="2026-05-04"),
        accepted("2026-03-05"),
        answered("2026-03-20", "2026-03-22"),
    )

    report = only(found, "C6")
    assert (report.legal, report.safe, report.is_running) == (
        D("2026-05-04"),
        D("2026-04-30"),
        True,
    )
    assert only(found, "C9").started_on == D("2026-03-22")

    over = fact(Step.REPORT_BACK, "2026-03-25")
    found = clocks(
        received("2026-03-02"),
        fact(Step.ASSIGN, "2026-03-03", report_on="2026-05-04"),
        over,
    )
    assert only(found, "C6").stopped_on == D("2026-03-25")


@pytest.mark.parametrize(
    ("record", "expected"),
    [({}, ["C4", "C5"]), ({"report_on": "2026-04-01"}, ["C4", "C5", "C6"])],
)
def test_what_the_leadership_decides_starts_the_clocks_of_the_unit(record, expected):
    found = clocks(
        received("2026-03-02"),
        fact(Step.PROPOSE, "2026-03-03"),
        fact(Step.DECIDE, "2026-03-04", **record),
    )

    assert [it.clock for it in found if it.is_running] == expected
    assert only(found, "C2").stopped_on == D("2026-03-04")


def test_an_agreed_objection_keeps_the_first_start_of_the_route_clock():
    found = clocks(
        received("2026-03-02"),
        fact(Step.ASSIGN, "2026-03-05", report_on="2026-04-01"),
        fact(Step.OBJECT, "2026-03-09"),
        fact(Step.AGREE, "2026-03-10"),
    )

    route = only(found, "C1")
    assert (route.started_on, route.legal) == (D("2026-03-02"), D("2026-03-17"))
    assert [it.clock for it in found if it.is_running] == ["C1"]

    again = clocks(
        received("2026-03-02"),
        fact(Step.FORWARD, "2026-03-05"),
        fact(Step.OBJECT, "2026-03-09"),
        fact(Step.AGREE, "2026-03-10"),
        fact(Step.FORWARD, "2026-03-11"),
    )
    assert [(it.clock, it.started_on) for it in again if it.is_running] == [
        ("C4", D("2026-03-11")),
        ("C5", D("2026-03-11")),
    ]


def test_a_refused_objection_leaves_the_notice_clock_running():
    found = clocks(
        received("2026-03-02"),
        fact(Step.FORWARD, "2026-03-05"),
        fact(Step.OBJECT, "2026-03-09"),
        fact(Step.REFUSE, "2026-03-10"),
    )

    assert only(found, "C5").stopped_on == D("2026-03-09")
    assert only(found, "C4").started_on == D("2026-03-05")
    assert [it.clock for it in found if it.is_running] == ["C4"]


def test_naming_a_unit_after_a_dispute_does_not_restart_handling():
    found = clocks(
        *handled("2026-03-02"),
        fact(Step.DISPUTE, "2026-03-20"),
        fact(Step.NAME_UNIT, "2026-04-10"),
    )

    assert only(found, "C7").started_on == D("2026-03-02")


# --- The petitioner's windows --------------------------------------------------------


def test_an_unproven_delivery_never_starts_the_window():
    found = clocks(*handled("2026-03-02"), answered("2026-03-20"))

    assert open_window(found) is None
    assert "C9" not in [it.clock for it in found]


def test_a_delivery_proven_later_starts_the_window_once():
    proof = [
        fact(Step.DELIVER, "2026-04-10", received_on=day)
        for day in ("2026-04-08", "2026-04-09")
    ]

    found = clocks(*handled("2026-03-02"), answered("2026-03-20"), *proof)

    assert only(found, "C9").started_on == D("2026-04-08")


def test_a_delivery_after_the_review_opens_the_next_window():
    found = clocks(
        *handled("2026-03-02"),
        answered("2026-03-20"),
        asked(Step.ASK_REVIEW, "2026-04-01"),
        fact(Step.REVIEW, "2026-04-20"),
        fact(Step.DELIVER, "2026-04-28", received_on="2026-04-27"),
    )

    assert [it.clock for it in found if it.is_petitioners] == ["C11"]
    assert only(found, "C11").legal == D("2026-05-27")


def test_a_window_ends_with_the_request_not_with_its_recording():
    late = fact(Step.ASK_REVIEW, "2026-04-28", requested_on="2026-04-20")

    found = clocks(*handled("2026-03-02"), answered("2026-03-20", "2026-03-23"), late)

    assert only(found, "C9").stopped_on == D("2026-04-20")
    assert only(found, "C10").legal == D("2026-05-20")


def test_a_local_rule_never_shortens_a_window_and_may_lengthen_it():
    day, area = D("2022-05-01"), 7
    short, long = Term("C9", 10, False, day, area), Term("C9", 45, False, day, area)
    facts = [*handled("2025-12-31"), answered("2026-03-02", "2026-03-02")]

    assert only(clocks(*facts, terms=[*LAW, short]), "C9").days == 30
    assert only(clocks(*facts, terms=[*LAW, long]), "C9").days == 45
    assert only(clocks(*facts, terms=[short]), "C9").days == 30  # the law still stands


# --- The hearing ----------------------------------------------------------------------


def rereview(*hearings, start="2026-03-02", **world):
    pauses = [
        fact(Step.PAUSE_FOR_HEARING, first, hearing_first=first, hearing_last=last)
        for first, last in hearings
    ]
    facts = [*reviewed(start), asked(Step.ASK_REREVIEW, start), *pauses]
    return only(clocks(*facts, **world), "C12")


@pytest.mark.parametrize(
    ("hearings", "legal"),
    [
        ([], "2026-04-01"),
        ([("2026-03-10", "2026-03-10")], "2026-04-02"),
        ([("2026-03-10", "2026-03-12")], "2026-04-04"),
        # Two records of overlapping days leave each day out once.
        ([("2026-03-10", "2026-03-12"), ("2026-03-12", "2026-03-13")], "2026-04-05"),
        # Neither the start day nor a day after the end has counted at all.
        ([("2026-03-01", "2026-03-02")], "2026-04-01"),
        ([("2026-04-02", "2026-04-05")], "2026-04-01"),
        # A hearing over the end: what it pushes on is left out as well.
        ([("2026-03-31", "2026-04-03")], "2026-04-05"),
    ],
)
def test_rereview_leaves_hearing_days_out(hearings, legal):
    assert rereview(*hearings).legal == D(legal)


def test_a_hearing_pauses_rereview_alone():
    pause = fact(
        Step.PAUSE_FOR_HEARING,
        "2026-03-10",
        hearing_first="2026-03-10",
        hearing_last="2026-03-12",
    )

    found = clocks(*handled("2026-03-02"), pause)

    assert only(found, "C7").legal == D("2026-05-01")


def test_rereview_in_working_days_leaves_out_working_days_of_the_hearing():
    local = Term("C12", 10, True, D("2022-05-01"), 7)

    assert rereview(terms=[*LAW, local]).legal == D("2026-03-16")
    # Thursday to Sunday: two working days.
    found = rereview(("2026-03-05", "2026-03-08"), terms=[*LAW, local])
    assert found.legal == D("2026-03-18")


# --- Whose clocks run -----------------------------------------------------------------


@pytest.mark.parametrize("category", [Category.LITIGATION, Category.ACCUSATION])
def test_litigation_and_accusation_know_the_route_clock_alone(category):
    found = clocks(
        received("2026-03-02"),
        fact(Step.ASSIGN, "2026-03-05", report_on="2026-04-01"),
        accepted("2026-03-06"),
        answered("2026-03-20", "2026-03-20"),
        asked(Step.ASK_REVIEW, "2026-03-25"),
        category=category,
    )

    assert [it.clock for it in found] == ["C1"]
    assert clocks(received("2026-03-02"), category=category, direct=True) == []


def test_what_turns_out_to_be_an_accusation_has_its_first_route_clock_again():
    found = clocks(
        received("2026-03-02"),
        fact(Step.FORWARD, "2026-03-05"),
        fact(Step.SORT, "2026-03-09"),
        category=Category.ACCUSATION,
    )

    assert [(it.clock, it.started_on, it.stopped_on) for it in found] == [
        ("C1", D("2026-03-02"), None)
    ]


def test_danger_is_reported_at_once_whatever_the_track():
    for category in (*Category.values, ""):
        found = clocks(received("2026-02-15"), category=category, urgent="2026-02-16")
        urgent = only(found, "C2")
        assert (urgent.started_on, urgent.legal, urgent.safe) == (
            D("2026-02-16"),
            D("2026-02-16"),
            D("2026-02-16"),
        )
        assert urgent.left(D("2026-02-17")) == -1


def test_the_urgent_clock_is_not_started_twice():
    found = clocks(
        received("2026-03-02"), fact(Step.PROPOSE, "2026-03-03"), urgent="2026-03-02"
    )

    assert only(found, "C2").started_on == D("2026-03-02")


def test_a_suggestion_has_neither_the_sixty_days_nor_a_window():
    found = clocks(
        *handled("2026-03-02"),
        fact(Step.REPLY, "2026-03-20", received_on="2026-03-20"),
        fact(Step.DELIVER, "2026-03-21", received_on="2026-03-20"),
        category=Category.SUGGESTION,
    )

    assert [it.clock for it in found] == ["C1", "C4", "C5"]


def test_the_target_for_a_suggestion_ends_with_the_reply():
    found = clocks(
        *handled("2026-03-02", target_on="2026-04-05"),
        fact(Step.REPLY, "2026-03-20"),
        category=Category.SUGGESTION,
    )

    target = only(found, "T1")
    # A target on a rest day (Qingming): the office acts on the working day before.
    assert (target.legal, target.safe) == (D("2026-04-05"), D("2026-04-03"))
    assert (target.is_internal, target.stop_step) == (True, Step.REPLY)


def test_a_request_with_another_legal_way_has_that_laws_limit():
    record = {"limit_on": "2026-06-01", "limit_law": "《行政许可法》第42条"}
    found = clocks(*handled("2026-03-02", **record), category=Category.REQUEST_OTHER)

    assert "C7" not in [it.clock for it in found]
    limit = only(found, "T2")
    assert (limit.legal, limit.law) == (D("2026-06-01"), record["limit_law"])
    assert (limit.is_running, limit.is_internal) == (True, False)


def test_the_stage_of_the_office_ends_when_the_letter_is_routed():
    found = clocks(
        received("2026-03-02", target_on="2026-03-09"), fact(Step.FORWARD, "2026-03-04")
    )

    stage = only(found, "T0")
    assert (stage.legal, stage.stopped_on) == (D("2026-03-09"), D("2026-03-04"))


def test_what_is_supervised_has_a_day_until_the_unit_reports():
    facts = [
        *handled("2026-03-02"),
        answered("2026-03-20"),
        fact(Step.SUPERVISE, "2026-03-25", carry_out_by="2026-04-30"),
    ]

    assert only(clocks(*facts), "T3").is_running
    reported = clocks(*facts, fact(Step.REPORT_BACK, "2026-04-20"))
    assert only(reported, "T3").stopped_on == D("2026-04-20")


def test_an_unsorted_letter_is_denied_no_clock():
    assert all(runs_in(clock, "") for clock in Clock)


# --- Local and later rules ------------------------------------------------------------


def test_a_stricter_local_rule_wins():
    local = Term("C1", 5, True, D("2024-01-01"), area=7)

    found = clocks(received("2026-09-17"), terms=[*LAW, local])[0]

    assert (found.legal, found.is_local) == (D("2026-09-23"), True)


def test_a_laxer_local_rule_never_loosens_the_law():
    lax = Term("C1", 40, False, D("2024-01-01"), area=7)

    for terms in ([*LAW, lax], [lax]):
        found = clocks(received("2026-03-02"), terms=terms)[0]
        assert (found.days, found.is_local) == (15, False)


def test_of_two_areas_the_stricter_wins_and_of_equals_the_nation_is_named():
    terms = [
        *LAW,
        Term("C1", 10, False, D("2024-01-01"), area=7),
        Term("C1", 7, False, D("2024-01-01"), area=8),
        Term("C4", 15, False, D("2024-01-01"), area=8),
    ]

    found = clocks(
        received("2026-03-02"), fact(Step.FORWARD, "2026-03-03"), terms=terms
    )

    assert only(found, "C1").days == 7
    assert only(found, "C4").is_local is False


def test_working_and_calendar_days_are_compared_by_their_date():
    local = Term("C1", 8, True, D("2024-01-01"), area=7)
    terms = [*LAW, local]

    # Eight working days are shorter in March, and longer over the Spring Festival.
    assert clocks(received("2026-03-02"), terms=terms)[0].legal == D("2026-03-12")
    assert clocks(received("2026-02-10"), terms=terms)[0].legal == D("2026-02-25")


def test_a_later_rule_leaves_started_clocks_alone():
    later = Term("C7", 45, False, D("2026-06-01"))
    terms = [*LAW, later]

    assert only(clocks(*handled("2026-05-31"), terms=terms), "C7").days == 60
    assert only(clocks(*handled("2026-06-01"), terms=terms), "C7").days == 45


def test_the_strictest_rule_bounds_an_extension():
    local = Term("C8", 15, False, D("2026-06-01"), area=7)
    lax = Term("C8", 90, False, D("2026-06-01"), area=8)

    assert longest_extension([*LAW, local], D("2026-05-31")) == 30
    assert longest_extension([*LAW, local], D("2026-06-01")) == 15
    assert longest_extension([lax], D("2026-06-01")) == 30


def test_a_local_calendar_moves_the_safe_day():
    own = {D("2026-03-17"): Entry(False, "三月三", Source.LOCAL)}
    calendar = WorkingCalendar.of(NATION, own)

    found = clocks(received("2026-03-02"), calendar=calendar)[0]

    assert (found.legal, found.safe) == (D("2026-03-17"), D("2026-03-16"))


def test_the_safe_day_is_never_before_the_start_nor_after_the_end():
    day = D("2025-12-25")
    while day < D("2027-01-10"):
        for term in ("C1", "C5", "C9"):
            found = by_clock(term, day.isoformat())
            assert found.started_on <= found.safe <= found.legal
        day += timedelta(days=1)
