from datetime import date

import pytest

from cadres.models import Setting
from tests.factories import VisitFactory, at
from visits.reports.crowded_places import crowded_places
from visits.reports.planner import goings
from visits.rules.calendar_spans import Span
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
NOW = at("2026-11-23 08:00")


def visit(place, day, **more):
    return VisitFactory(places=[place], starts_at=at(f"{day} 09:00"), **more)


def shown(reader):
    return [it.stop for it in goings(reader, Span(DAY, DAY), now=NOW)]


def found(reader):
    crowded = crowded_places(
        reader, shown(reader), now=NOW, settings=Setting.objects.as_dict()
    )
    return [(it.place, it.within, [s.visit for s in it.stops]) for it in crowded]


def test_a_township_counts_within_thirty_days(district_admin, js):
    before = visit(js.village, "2026-10-26")
    shown = visit(js.tangzhang, "2026-11-25")
    visit(js.tangzhang, "2026-12-26")

    assert found(district_admin) == [(js.tangzhang, 30, [before, shown])]


def test_a_county_counts_within_seven_days(district_admin, js):
    shown = visit(js.tangzhang, "2026-11-25")
    after = visit(js.liuji, "2026-12-02")
    visit(js.liuji, "2026-12-03")

    assert found(district_admin) == [(js.tongshan, 7, [shown, after])]


def test_what_is_told_of_the_township_is_not_told_again(district_admin, js):
    one, other = visit(js.tangzhang, "2026-11-25"), visit(js.tangzhang, "2026-11-26")

    assert found(district_admin) == [(js.tangzhang, 30, [one, other])]


def test_one_visit_alone_crowds_nobody(district_admin, js):
    VisitFactory(
        places=[js.tangzhang, js.village, js.liuji],
        count=3,
        hours=1,
        starts_at=at("2026-11-25 09:00"),
    )

    assert found(district_admin) == []


def test_a_hidden_visit_crowds_nobody(district_admin, js):
    visit(js.tangzhang, "2026-11-25")
    hidden = visit(js.tangzhang, "2026-11-26", mode=Mode.UNANNOUNCED)
    hidden.hidden_until = at("2099-01-01 00:00")
    hidden.save()

    assert found(district_admin) == []


def test_what_is_past_is_not_told(district_admin, js):
    for _n in range(2):
        visit(js.tangzhang, "2026-11-25")

    crowded = crowded_places(
        district_admin,
        shown(district_admin),
        now=at("2026-11-25 20:00"),
        settings=Setting.objects.as_dict(),
    )

    assert crowded == []


def test_zero_days_switch_the_notice_off(district_admin, js):
    for _n in range(2):
        visit(js.tangzhang, "2026-11-25")
    for name in ("crowd.county_days", "crowd.township_days"):
        Setting.objects.create(name=name, value=0)

    assert found(district_admin) == []
