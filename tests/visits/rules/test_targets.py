from datetime import date

import pytest

from visits.rules.targets import Span, days_here, goal_of, next_due

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
ALWAYS = Span()


def here(period=YEAR, holds=ALWAYS, in_office=ALWAYS, away=()):
    return days_here(period, holds=holds, in_office=in_office, away=away)


@pytest.mark.parametrize(
    ("minimum", "days", "whole", "goal"),
    [
        pytest.param(12, 365, 365, 12, id="there all the time"),
        pytest.param(12, 275, 365, 9, id="3 of 12 months away: 75 %"),
        pytest.param(60, 275, 365, 45, id="days as well"),
        pytest.param(1, 30, 31, 1, id="one day away changes nothing"),
        pytest.param(1, 15, 30, 0, id="just a half goes down"),
        pytest.param(3, 15, 30, 1, id="one and a half goes down"),
        pytest.param(1, 16, 30, 1, id="more than a half goes up"),
        pytest.param(4, 0, 92, 0, id="away all the time"),
    ],
)
def test_goal_of_is_the_share_of_days_to_the_nearest_whole(minimum, days, whole, goal):
    assert goal_of(minimum, here=days, whole=whole) == goal


def test_days_here_leaves_out_absences_of_which_both_ends_count():
    days = here(away=[Span(date(2026, 1, 1), date(2026, 3, 31))])

    assert (days[0], len(days)) == (date(2026, 4, 1), 275)


def test_absences_that_overlap_count_once():
    away = [
        Span(date(2026, 3, 1), date(2026, 3, 20)),
        Span(date(2026, 3, 10), date(2026, 3, 31)),
    ]

    assert len(here(away=away)) == 365 - 31


def test_who_arrives_in_mid_year_has_half_of_it():
    days = here(in_office=Span(date(2026, 7, 1)))

    assert goal_of(12, here=len(days), whole=365) == 6


def test_a_target_that_begins_later_and_an_official_who_leaves():
    days = here(holds=Span(date(2026, 2, 1)), in_office=Span(None, date(2026, 2, 28)))

    assert (days[0], days[-1]) == (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("goal", "done", "due"),
    [
        (12, 0, date(2026, 1, 31)),
        (12, 8, date(2026, 10, 1)),
        (1, 0, date(2026, 12, 31)),
        (2, 0.5, date(2026, 7, 2)),
        (2, 2, None),
        (0, 0, None),
    ],
)
def test_next_due_ends_the_next_of_even_stretches(goal, done, due):
    assert next_due(here(), goal=goal, done=done) == due


def test_next_due_passes_over_the_days_of_an_absence():
    days = here(away=[Span(date(2026, 1, 1), date(2026, 6, 30))])

    assert next_due(days, goal=1, done=0) == date(2026, 12, 31)
    assert next_due(days, goal=2, done=0) == date(2026, 9, 30)
    assert next_due([], goal=2, done=0) is None
