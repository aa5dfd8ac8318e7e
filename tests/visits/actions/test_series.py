"""A series books what it can, keeps what it cannot, and takes it up again."""

import uuid
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from cadres.models import Setting
from tests.factories import (
    AbsenceFactory,
    CadreFactory,
    CalendarDayFactory,
    VisitFactory,
    at,
)
from tests.factories.series import MONDAY, series_of
from visits.actions.change_series import change_series, end_series
from visits.actions.move_visit import approve_visit, cancel_visit
from visits.actions.plan_series import book_skipped, plan_series
from visits.actions.record_absence import remove_absence
from visits.actions.series_pattern import team_of_series
from visits.actions.shift_visit import shift_visit, stops_of, team_of
from visits.models import DiaryEntry, Series, SeriesDate, Visit
from visits.reports.series_page import lines_of, offers_and_fallen
from visits.rules.moving import shifted
from visits.rules.plan import Member
from visits.rules.series import OnRest, Skip
from visits.rules.visit_states import VisitState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
THURSDAYS = [date(2026, 11, 26) + timedelta(weeks=n) for n in range(24)]


def busy(leader, place, day, **more):
    return VisitFactory(
        officials=[leader.cadre],
        places=[place],
        starts_at=at(f"{day} 10:00"),
        hours=1,
        **more,
    )


def offered(series, reader, now=MONDAY):
    return [
        it.row.day for it in lines_of(series, reader=reader, now=now) if it.is_offered
    ]


def days_of(series):
    rows = series.dates.filter(visit__isnull=False).order_by("on")
    return list(rows.values_list("visit__starts_on", flat=True))


def columns(series, **other):
    names = [
        "purpose",
        "mode",
        "place",
        "venue",
        "activities",
        "starts",
        "ends",
        "every",
        "interval",
        "weekday",
        "nth",
        "month_day",
        "first",
        "last",
        "count",
        "on_rest",
    ]
    return {name: getattr(series, name) for name in names} | other


@pytest.fixture
def year(liaison, leader, js):
    """24 Thursdays; three of them are taken, one is a holiday."""
    taken = [busy(leader, js.tangzhang, THURSDAYS[n]) for n in (2, 7)]
    away = AbsenceFactory(cadre=leader.cadre, first=THURSDAYS[11], last=THURSDAYS[11])
    CalendarDayFactory(date=THURSDAYS[15], is_workday=False, name="丰收节")
    series = series_of(liaison, [leader.cadre], js.shitun, count=24)
    return series, taken, away


def test_twenty_of_twenty_four_are_booked_and_four_listed_with_why(year):
    series, taken, away = year

    skipped = series.dates.filter(visit__isnull=True).order_by("day")
    assert series.dates.filter(visit__isnull=False).count() == 20
    assert [(it.day, it.skipped) for it in skipped] == [
        (THURSDAYS[2], Skip.TAKEN),
        (THURSDAYS[7], Skip.TAKEN),
        (THURSDAYS[11], Skip.AWAY),
        (THURSDAYS[15], Skip.REST),
    ]
    assert [it.obstacle_visit for it in skipped] == [*taken, None, None]
    assert skipped[2].obstacle_absence == away
    assert skipped[3].why == "丰收节"


def test_a_date_is_offered_at_once_when_its_obstacle_goes(year, liaison):
    series, taken, away = year
    assert offered(series, liaison) == []

    cancel_visit(taken[0], by=liaison, reason="另有安排")
    assert offered(series, liaison) == [THURSDAYS[2]]
    remove_absence(away)
    assert offered(series, liaison) == [THURSDAYS[2], THURSDAYS[11]]
    row = series.dates.get(day=THURSDAYS[2])
    visit = book_skipped(row, by=liaison, now=MONDAY)

    assert (visit.starts_at, visit.purpose) == (
        at(f"{THURSDAYS[2]} 09:00"),
        series.purpose,
    )
    assert offered(series, liaison) == [THURSDAYS[11]]
    # Whoever comes second gets the visit that stands.
    assert book_skipped(row, by=liaison, now=MONDAY) == visit


def test_a_date_whose_obstacle_stands_is_not_booked(year, liaison):
    series, _taken, _away = year
    before = Visit.objects.count()

    for day, code in ((THURSDAYS[2], "double_booking"), (THURSDAYS[15], "rest_day")):
        with pytest.raises(ValidationError) as refusal:
            book_skipped(series.dates.get(day=day), by=liaison, now=MONDAY)
        assert refusal.value.code == code
    assert Visit.objects.count() == before


def test_a_crowded_date_waits_and_the_series_does_not_crowd_itself(liaison, leader, js):
    other = VisitFactory(places=[js.shitun], starts_at=at("2026-12-10 14:00"))

    series = series_of(liaison, [leader.cadre], js.shitun, count=10)

    skipped = series.dates.filter(visit__isnull=True)
    assert set(skipped.values_list("skipped", flat=True)) == {Skip.CROWDED}
    assert series.dates.filter(visit__isnull=False).count() > 1
    cancel_visit(other, by=liaison, reason="另有安排")
    assert len(offered(series, liaison)) == skipped.count()


def test_holidays_shift_as_the_series_says(liaison, leader, js):
    CalendarDayFactory(date=THURSDAYS[1], is_workday=False, name="丰收节")

    series = series_of(liaison, [leader.cadre], js.shitun, count=3, on_rest=OnRest.NEXT)

    assert days_of(series) == [
        THURSDAYS[0],
        THURSDAYS[1] + timedelta(days=1),
        THURSDAYS[2],
    ]


def test_sent_twice_it_is_one_series(liaison, leader, js):
    key = uuid.uuid4()
    first = series_of(liaison, [leader.cadre], js.shitun, count=2)
    Series.objects.filter(pk=first.pk).update(client_key=key)

    again = plan_series(
        by=liaison, now=MONDAY, team=[], client_key=key, **columns(first)
    )

    assert again == first
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"first": date(2026, 11, 19)}, "too_early"),
        ({"last": date(2026, 11, 25), "first": date(2026, 11, 26)}, None),
        ({"count": 61}, None),
        ({"interval": 0}, None),
        ({"starts": time(12), "ends": time(9)}, None),
        ({"activities": []}, None),
    ],
)
def test_an_impossible_series_is_refused(liaison, leader, js, fields, code):
    with pytest.raises(ValidationError) as refusal:
        series_of(liaison, [leader.cadre], js.shitun, **fields)

    assert code is None or refusal.value.code == code
    assert not Series.objects.exists()
    assert not Visit.objects.exists()


def test_a_visit_that_was_moved_alone_stays_linked_and_out_of_the_pattern(
    liaison, leader, js
):
    series = series_of(liaison, [leader.cadre], js.shitun, count=3)
    row = series.dates.order_by("day")[1]
    visit = row.visit

    moved = shift_visit(
        visit,
        by=liaison,
        now=MONDAY,
        version=visit.version,
        team=team_of(visit),
        stops=shifted(stops_of(visit), timedelta(days=1)),
    )

    row.refresh_from_db()
    assert (row.visit, row.is_changed) == (moved, True)
    change_series(
        series,
        by=liaison,
        now=MONDAY,
        version=series.version,
        since=THURSDAYS[0],
        team=team_of_series(series),
        **columns(series, starts=time(14), ends=time(16)),
    )
    moved.refresh_from_db()
    assert moved.starts_at == at("2026-12-04 09:00")
    hours = Visit.objects.exclude(pk=moved.pk).values_list("starts_at", flat=True)
    assert sorted(hours) == [at("2026-11-26 14:00"), at("2026-12-10 14:00")]


def test_all_from_here_on_move_and_earlier_ones_stay(liaison, leader, js):
    series = series_of(liaison, [leader.cadre], js.shitun, count=4)
    visits = [row.visit for row in series.dates.select_related("visit").order_by("day")]
    approve_visit(visits[0], by=leader)
    approve_visit(visits[3], by=leader)

    change_series(
        series,
        by=liaison,
        now=MONDAY,
        version=series.version,
        since=THURSDAYS[1],
        team=team_of_series(series),
        **columns(series, first=THURSDAYS[1] + timedelta(days=1), weekday=4, count=3),
    )

    for visit in visits:
        visit.refresh_from_db()
    assert [visit.starts_on for visit in visits] == [
        THURSDAYS[0],
        *[THURSDAYS[n] + timedelta(days=1) for n in (1, 2, 3)],
    ]
    # What was approved is approved anew, like any visit that is moved.
    assert [visit.state for visit in visits] == [
        VisitState.APPROVED,
        VisitState.PLANNED,
        VisitState.PLANNED,
        VisitState.PLANNED,
    ]
    assert DiaryEntry.objects.count() == 4


def test_a_change_that_leaves_a_visit_as_it_is_leaves_it_approved(liaison, leader, js):
    series = series_of(liaison, [leader.cadre], js.shitun, count=3)
    kept = series.dates.order_by("day")[0].visit
    approve_visit(kept, by=leader)

    change_series(
        series,
        by=liaison,
        now=MONDAY,
        version=series.version,
        since=THURSDAYS[0],
        team=team_of_series(series),
        **columns(series, interval=2, count=2),
    )

    kept.refresh_from_db()
    assert kept.state == VisitState.APPROVED
    assert days_of(series) == [THURSDAYS[0], THURSDAYS[2]]
    states = Visit.objects.order_by("starts_at").values_list("state", flat=True)
    assert list(states) == [
        VisitState.APPROVED,
        VisitState.CANCELLED,
        VisitState.PLANNED,
    ]


def test_a_new_time_that_is_taken_is_skipped_not_doubled(liaison, leader, js):
    series = series_of(liaison, [leader.cadre], js.shitun, count=2)
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at(f"{THURSDAYS[1]} 14:00"),
        hours=1,
    )

    change_series(
        series,
        by=liaison,
        now=MONDAY,
        version=series.version,
        since=THURSDAYS[0],
        team=team_of_series(series),
        **columns(series, starts=time(14), ends=time(16)),
    )

    rows = series.dates.order_by("day")
    assert [row.skipped for row in rows] == ["", Skip.TAKEN]
    assert Visit.objects.filter(state=VisitState.CANCELLED).count() == 1


def test_ending_cancels_what_is_to_come_and_keeps_the_past(liaison, leader, js):
    series = series_of(liaison, [leader.cadre], js.shitun, count=3)
    later = at("2026-12-01 08:00")

    end_series(series, by=liaison, now=later, version=1, reason="联系点调整")

    states = Visit.objects.order_by("starts_at").values_list("state", flat=True)
    assert list(states) == [
        VisitState.PLANNED,
        VisitState.CANCELLED,
        VisitState.CANCELLED,
    ]
    series.refresh_from_db()
    assert (series.ended_at, series.reason_ended) == (later, "联系点调整")
    with pytest.raises(ValidationError) as refusal:
        end_series(series, by=liaison, now=later, version=2, reason="再次")
    assert refusal.value.code == "series_ended"


def test_a_stale_change_is_refused(liaison, leader, js):
    series = series_of(liaison, [leader.cadre], js.shitun, count=2)

    with pytest.raises(ValidationError) as refusal:
        end_series(series, by=liaison, now=MONDAY, version=7, reason="x")

    assert refusal.value.code == "stale"


def test_today_offers_own_dates_alone(year, liaison, leader, district_admin):
    _series, taken, _away = year
    cancel_visit(taken[1], by=liaison, reason="另有安排")

    settings = Setting.objects.as_dict()
    offered = [
        [row.day for row in offers_and_fallen(it, now=MONDAY, settings=settings)[0]]
        for it in (liaison, leader, district_admin)
    ]
    assert offered == [[THURSDAYS[7]], [THURSDAYS[7]], []]


def test_a_team_goes_together(liaison, leader, js):
    other = CadreFactory(unit=leader.cadre.unit)

    series = series_of(liaison, [leader.cadre, other], js.shitun, count=2)

    assert team_of_series(series) == [
        Member(leader.cadre, "lead"),
        Member(other, "companion"),
    ]
    assert DiaryEntry.objects.filter(official=other).count() == 2
    assert SeriesDate.objects.filter(is_changed=True).count() == 0
