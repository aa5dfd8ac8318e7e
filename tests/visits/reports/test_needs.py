from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import ContactPointFactory, VisitFactory
from visits.reports.needs import area_of, needs
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db


def ago(days):
    """At nine, so that no visit reaches into another day."""
    day = timezone.localtime() - timedelta(days=days)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def found(reader, area):
    rows = needs(reader, area, now=timezone.now())
    return [(need.place, need.days) for need in rows]


def test_never_visited_first_then_the_longest_ago(district_admin, js):
    for days, place in ((50, js.huancheng), (124, js.village), (3, js.shitun)):
        VisitFactory(held=True, places=[place], starts_at=ago(days), hours=0.1)

    assert found(district_admin, js.xuzhou) == [
        (js.liuji, None),
        (js.tangzhang, 124),
        (js.huancheng, 50),
        (js.shitun, 3),
    ]


def test_only_held_visits_count(district_admin, js):
    VisitFactory(places=[js.liuji], starts_at=ago(9))
    VisitFactory(
        places=[js.liuji], starts_at=ago(9), state="not_held", reason_ended="防汛"
    )

    assert (js.liuji, None) in found(district_admin, js.tongshan)


def test_a_hidden_visit_counts_for_nobody_but_its_own(
    district_admin, leader, liaison, js
):
    VisitFactory(
        held=True,
        officials=[leader.cadre],
        places=[js.liuji],
        starts_at=timezone.now() - timedelta(hours=4),
        mode=Mode.UNANNOUNCED,
    )

    assert (js.liuji, None) in found(district_admin, js.tongshan)
    assert (js.liuji, None) not in found(liaison, js.tongshan)


@pytest.mark.parametrize("looked_at", [1, 25])
def test_a_place_with_a_visit_to_come_is_left_out(
    district_admin, js, monkeypatch, looked_at
):
    monkeypatch.setattr("visits.reports.needs.LOOKED_AT", looked_at)
    VisitFactory(places=[js.liuji], starts_at=ago(-3))

    assert [place for place, _days in found(district_admin, js.tongshan)] == [
        js.tangzhang
    ]


def test_a_hidden_visit_to_come_leaves_the_place_in(district_admin, js):
    VisitFactory(places=[js.liuji], starts_at=ago(-3), mode=Mode.UNANNOUNCED)

    assert (js.liuji, None) in found(district_admin, js.tongshan)


def test_contact_officials_are_a_reason(district_admin, leader, js):
    ContactPointFactory(cadre=leader.cadre, place=js.village)

    [need] = [
        it
        for it in needs(district_admin, js.tongshan, now=timezone.now())
        if it.place == js.tangzhang
    ]

    assert need.contacts == [leader.cadre.name]


@pytest.mark.parametrize(
    ("area", "level"), [("js", 3), ("xuzhou", 4), ("tongshan", 4), ("tangzhang", 5)]
)
def test_places_listed_are_those_one_goes_to(district_admin, js, area, level):
    rows = needs(district_admin, getattr(js, area), now=timezone.now())

    assert {need.place.level for need in rows} == {level}
    assert len(rows) <= 5


def test_a_village_has_nothing_below_it(district_admin, js):
    assert needs(district_admin, js.village, now=timezone.now()) == []


def test_area_is_where_the_role_holds_or_the_office_is(
    county_admin, liaison, reader, js
):
    assert area_of(county_admin) == js.tongshan
    assert area_of(liaison) == js.xuzhou
    assert area_of(reader) is None


def test_needs_cost_two_queries(district_admin, js, django_assert_num_queries):
    district_admin.grants_today, district_admin.acts_for_ids()
    VisitFactory(held=True, places=[js.liuji], starts_at=ago(3))

    with django_assert_num_queries(2):
        needs(district_admin, js.xuzhou, now=timezone.now())
