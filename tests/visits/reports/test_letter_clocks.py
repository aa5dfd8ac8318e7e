from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.visits import at
from visits.reports.letter_clocks import letter_clocks
from visits.rules.letter_states import Clock, Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
START = at("2026-09-14 10:00")  # a Monday


@pytest.fixture
def letter(js):
    office = petition_office(js.xuzhou)
    water = UnitFactory(place=js.xuzhou)
    head = officer(water, Role.UNIT_HEAD)
    letter = letter_at(js.huancheng, office=office, now=START)
    take(letter, Step.FORWARD, officer(office), START, to_unit=water)
    return take(letter, Step.ACCEPT, head, START, accepted_on=START.date())


@pytest.mark.parametrize(
    ("days", "tone", "left", "filled"),
    [
        (10, "ok", "50 days left", 16),
        (50, "soon", "10 days left", 83),
        (56, "soon", "4 days left", 93),
        (57, "late", "3 days left", 95),
        (60, "late", "Due today", 100),
        (62, "late", "2 days late", 100),
    ],
)
def test_the_clock_that_presses_is_red_only_when_few_days_are_left(
    letter, days, tone, left, filled
):
    it = letter_clocks(letter, on=(START + timedelta(days=days)).date()).current

    assert it.clock.clock == Clock.HANDLE
    assert (it.tone, it.left, it.filled) == (tone, left, filled)
    assert it.progress == f"Day {days} of 60"


def test_all_clocks_and_what_may_still_come(letter):
    found = letter_clocks(letter, on=START.date())

    assert [it.clock.clock for it in found.lines] == ["C1", "C4", "C5", "C7"]
    assert [(it.name, it.term) for it in found.ahead] == [
        ("Extension, approved by the head of the unit", "at most 30 days"),
        ("Review → Re-review", "30 + 30 days"),
    ]


def test_the_card_says_it_all_in_words(letter):
    found = letter_clocks(letter, on=(START + timedelta(days=58)).date())

    page = render_to_string("visits/letters/_clocks.html", {"clocks": found})

    assert "2 days left" in page
    assert "By law 13 Nov 2026 (Friday)" in page
    assert "Day 58 of 60" in page
    assert found.lines[-1].explanation in page


def test_a_letter_costs_the_same_whatever_its_history(
    letter, django_assert_num_queries
):
    # Place, office, events; rules, calendar, settings.
    letter = type(letter).objects.get(pk=letter.pk)

    with django_assert_num_queries(6):
        letter_clocks(letter, on=START.date())
