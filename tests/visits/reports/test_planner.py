from datetime import date

import pytest

from tests.factories import CadreFactory, VisitFactory, at
from visits.reports.planner import entries_of, goings, officials_in_view
from visits.reports.workload import Load, workload
from visits.rules.calendar_spans import Span, Week, quarter_of
from visits.rules.visit_states import VisitState

pytestmark = pytest.mark.django_db
WEEK = Week.of(date(2026, 11, 25))
NOW = at("2026-11-25 08:00")


def test_a_stay_of_several_days_stands_on_each(liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-11-24 14:00"),
        hours=45,
    )

    going = goings(liaison, WEEK, now=NOW)

    clocks = {
        day.day: [it.clock for it in found]
        for day, found in entries_of(WEEK.days, going).items()
        if found
    }
    assert {day: len(found) for day, found in clocks.items()} == {24: 1, 25: 1, 26: 1}
    assert "14:00" in clocks[24][0]
    assert "11:00" in clocks[26][0]


def test_a_visit_that_ends_at_midnight_ends_on_its_day(liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-11-24 21:00"),
        hours=3,
    )

    [going] = goings(liaison, WEEK, now=NOW)

    assert (going.first, going.last) == (date(2026, 11, 24), date(2026, 11, 24))


def test_each_stop_is_found_once_with_all_who_go(liaison, leader, js):
    friend = CadreFactory(unit=leader.cadre.unit)
    VisitFactory(
        officials=[leader.cadre, friend], places=[js.tangzhang, js.liuji], count=2
    )

    going = goings(liaison, WEEK, now=NOW)

    names = [leader.cadre.name, friend.name]
    assert [list(it.officials.values()) for it in going] == [names, names]
    only = goings(liaison, WEEK, now=NOW, officials=[friend.pk])
    assert [list(it.officials) for it in only] == [[friend.pk], [friend.pk]]


def test_a_place_has_the_visits_of_its_whole_subtree(liaison, leader, js):
    there = VisitFactory(officials=[leader.cadre], places=[js.village])
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=at("2026-11-26 09:00"),
    )

    going = goings(liaison, WEEK, now=NOW, place=js.tongshan)

    assert [it.stop.visit for it in going] == [there.pk]


def test_a_cancelled_visit_is_left_out(liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        state=VisitState.CANCELLED,
        reason_ended="防汛",
    )

    assert goings(liaison, WEEK, now=NOW) == []


@pytest.mark.parametrize(
    ("state", "starts", "missing"),
    [
        ("planned", "2026-11-24 09:00", True),
        ("planned", "2026-11-26 09:00", False),
        ("draft", "2026-11-26 09:00", True),
        ("logged", "2026-11-24 09:00", True),
    ],
)
def test_a_word_says_what_is_missing(liaison, leader, js, state, starts, missing):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        state=state,
        starts_at=at(starts),
        planned_by=liaison,
    )

    [going] = goings(liaison, WEEK, now=NOW)

    assert bool(going.word) == missing


def test_officials_stand_in_the_order_of_protocol(liaison, leader):
    unit = leader.cadre.unit
    deputy = CadreFactory(unit=unit, rank_band="prefecture_department")
    chief = CadreFactory(unit=unit, rank_band="province")
    CadreFactory(unit=unit, left_on=date(2026, 1, 1))
    CadreFactory()

    rows = officials_in_view(liaison, unit=None, everyone=False, on=WEEK.first)

    assert list(rows) == [chief, leader.cadre, deputy]


def test_workload_counts_each_half_day_once(liaison, leader, js):
    for start in ("2026-11-24 08:00", "2026-11-24 10:00", "2026-11-26 11:00"):
        VisitFactory(
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(start),
            hours=2,
        )
    VisitFactory(
        officials=[leader.cadre], places=[js.shitun], starts_at=at("2026-10-08 09:00")
    )
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        state=VisitState.DRAFT,
        planned_by=liaison,
        starts_at=at("2026-11-27 09:00"),
    )

    loads = workload(liaison, [leader.cadre.pk], [WEEK, quarter_of(WEEK.first)])

    # Tuesday morning twice is one half-day; Thursday goes over noon.
    assert loads == {leader.cadre.pk: [Load(3, 1.5), Load(4, 2.0)]}


def test_workload_of_the_idle_is_nothing(liaison, leader):
    span = Span(date(2026, 1, 1), date(2026, 12, 31))

    assert workload(liaison, [leader.cadre.pk], [span]) == {
        leader.cadre.pk: [Load(0, 0)]
    }
