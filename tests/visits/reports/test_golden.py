"""Small worlds counted by hand: the words of the handbook, 4.4 and 4.5."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    ActionFactory,
    CadreFactory,
    FindingFactory,
    FindingUseFactory,
    InvestigationFactory,
    MatterFactory,
    PlaceFactory,
    ProblemFactory,
    QuestionFactory,
    ReceptionFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import Caseworkers
from visits.models import LeaderHold, Letter, Stop, Visit
from visits.reports.asked import Asked, ByChild, ByOfficial
from visits.reports.counting import Total, busiest_weeks, count
from visits.reports.district_report import district_report
from visits.reports.district_report import groups_of as by_district
from visits.reports.facts import PLACE
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import ALL, FIGURES
from visits.reports.figures import figures_of as figures_of_groups
from visits.rules.periods import parse_period

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


def asked(reader, code="2026-Q4", action=None):
    return Asked(reader, TODAY, parse_period(code), action)


def figures_of(asked, rows, key=Total):
    """Everything that is not 0."""
    by_child = isinstance(rows, ByChild)
    figures = [
        f for f in ALL if f.source != PLACE and (f.name != "days" or not by_child)
    ]
    counts = count(asked, rows, figures)
    return {f.name: counts.of(f, key) for f in figures if counts.of(f, key)}


def test_the_example_of_a_unified_action(js, province_admin):
    """Handbook 4.4: 1 action, 3 officials, 3 visits, 4 place-visits."""
    action = ActionFactory()
    day = at("2026-11-18 08:00")
    secretary, governor, deputy = CadreFactory.create_batch(3)
    for official, places, hours in (
        (secretary, [js.gulou], 8),
        (governor, [js.jingkou, js.jurong], 4),
        (deputy, [js.yancheng], 30),
    ):
        VisitFactory(
            held=True,
            officials=[official],
            places=places,
            starts_at=day,
            hours=hours,
            count=len(places),
            action=action,
        )
    VisitFactory(held=True, places=[js.gulou], starts_at=day)  # not of the action

    question = asked(province_admin, "2020", action)
    counts = count(question, ByChild.of(js.js), ALL)

    names = ["visits", "official_visits", "place_visits", "dates"]
    assert [counts.of(name) for name in names] == [3, 3, 4, 2]
    by_city = {
        city: counts.of("place_visits", city.pk)
        for city in (js.xuzhou, js.zhenjiang, js.yancheng)
    }
    assert by_city == {js.xuzhou: 1, js.zhenjiang: 2, js.yancheng: 1}
    # No county of Yancheng is named: it counts at the city itself.
    at_city = count(question, ByChild.of(js.yancheng), [FIGURES["place_visits"]])
    assert at_city.of("place_visits", None) == 1
    people = ByOfficial((secretary.pk, governor.pk, deputy.pk))
    days = count(question, people, [FIGURES["days"]])
    assert [days.of("days", pk) for pk in people.officials] == [1, 1, 2]


def test_a_joint_visit_counts_once_for_the_place_and_for_each_official(
    js, province_admin
):
    one, other = CadreFactory.create_batch(2)
    visit = VisitFactory(
        held=True,
        officials=[one, other],
        places=[js.tangzhang, js.huancheng],
        places__activities=["publicity", "reception"],
        starts_at=at("2026-11-04 09:00"),
        hours=2,
        count=2,
        escorts_county=3,
        materials=["汇报材料"],
        is_contact_point=True,
    )
    first, second = visit.stops.order_by("position")
    TalkFactory(stop=first, audience=30)
    ReceptionFactory(stop=second, groups=2, person_visits=7, matters=4)
    raised = {"raised_on": date(2026, 11, 4)}
    MatterFactory(stop=first, **raised)
    MatterFactory(stop=second, assigned=True, due_on=date(2026, 11, 21), **raised)
    MatterFactory(stop=second, assigned=True, due_on=TODAY, **raised)
    FindingFactory(stop=first, investigation=InvestigationFactory(leader=one))
    work = {
        "visits": 1,
        "unconfirmed": 1,
        "official_visits": 2,
        "dates": 1,
        "counties": 2,
        "townships": 2,
        "contact_visits": 1,
        "escorts": 3,
        "people_received": 5,
        "materials": 1,
        "visits_publicity": 1,
        "visits_reception": 1,
        "place_visits": 2,
        "talks": 1,
        "audience": 30,
        "findings": 1,
        "receptions": 1,
        "groups": 2,
        "person_visits": 7,
        "matters_received": 4,
        "onsite_decided": 3,
        "onsite_settled": 1,
        "onsite_assigned": 2,
        "onsite_open": 2,
        "onsite_overdue": 1,
        "promises": 3,
        "promises_said": 1,
        "promises_in_time": 1,
        "promises_late": 1,
    }

    question = asked(province_admin)

    assert figures_of(question, ByChild.of(js.xuzhou)) == work
    people = ByOfficial((one.pk, other.pk))
    own = work | {"official_visits": 1, "days": 1}
    assert figures_of(question, people, one.pk) == own | {"topics": 1}
    # A promise is the lead's alone, who decided.
    not_made = {name for name in own if name.startswith("promises")}
    assert figures_of(question, people, other.pk) == {
        name: number for name, number in own.items() if name not in not_made
    }
    # In Tongshan, only what was done there; the visit and its escorts are whole.
    assert figures_of(question, ByChild.of(js.xuzhou), js.tongshan.pk) == {
        "visits": 1,
        "unconfirmed": 1,
        "place_visits": 1,
        "official_visits": 2,
        "dates": 1,
        "counties": 1,
        "townships": 1,
        "contact_visits": 1,
        "escorts": 3,
        "people_received": 5,
        "materials": 1,
        "visits_publicity": 1,
        "visits_reception": 1,
        "talks": 1,
        "audience": 30,
        "findings": 1,
        "onsite_decided": 1,
        "onsite_settled": 1,
        "promises": 1,
        "promises_said": 1,
    }


def test_questions_are_answered_open_or_turned_and_mistakes_are_none(
    js, province_admin
):
    one, other = CadreFactory.create_batch(2)
    visit = VisitFactory(
        held=True,
        officials=[one, other],
        places=[js.tangzhang],
        starts_at=at("2026-11-04 09:00"),
    )
    talk = TalkFactory(stop=visit.stops.get())
    matter = MatterFactory(stop=visit.stops.get())
    for state in (
        {},
        {"promised": True},
        {"answered": True},
        {"answered": True},
        {"state": "matter", "matter": matter},
        {"state": "withdrawn"},
    ):
        QuestionFactory(talk=talk, **state)
    rows = ByOfficial((one.pk, other.pk))

    for key in (one.pk, other.pk, Total):
        found = figures_of(asked(province_admin), rows, key)
        assert {n: v for n, v in found.items() if n.startswith("questions")} == {
            "questions": 5,
            "questions_answered": 2,
            "questions_open": 2,
            "questions_turned": 1,
        }


def test_matters_are_done_in_time_or_late_by_the_units_last_word(js, province_admin):
    visit = VisitFactory(
        held=True, places=[js.tangzhang], starts_at=at("2026-10-04 09:00")
    )
    due = date(2026, 11, 10)
    for said, more in (
        ([date(2026, 11, 10)], {}),
        ([date(2026, 11, 11)], {}),
        ([date(2026, 11, 1), date(2026, 11, 20)], {"reopened": 1}),
        ([date(2026, 11, 1)], {"unit_word": "partly"}),
        ([date(2026, 11, 1)], {"state": "reopened", "reopened": 1}),
    ):
        fields = {"awaiting": True, "due_on": due, "raised_on": date(2026, 10, 4)}
        matter = MatterFactory(stop=visit.stops.get(), **(fields | more))
        for day in said:
            matter.events.create(
                step="say_done", to_state="said_done", on=day, acted_as="people"
            )

    found = figures_of(asked(province_admin), ByChild.of(js.xuzhou))

    assert {n: v for n, v in found.items() if n.startswith("onsite")} == {
        "onsite_decided": 5,
        "onsite_assigned": 5,
        "onsite_open": 1,
        "onsite_overdue": 1,
        "onsite_done_in_time": 1,
        "onsite_done_late": 2,
        "onsite_reopened": 2,
    }


def test_a_study_counts_for_its_leader_and_for_the_place_of_their_unit(
    js, province_admin
):
    one = CadreFactory(unit=UnitFactory(place=js.tongshan))
    other = CadreFactory(unit=UnitFactory(place=js.jingkou))
    known = {"recorded_by": province_admin}
    study = InvestigationFactory(leader=one, **known)
    ProblemFactory(investigation=study, found_on=date(2026, 10, 1))
    ProblemFactory(
        investigation=study, found_on=date(2026, 9, 30)
    )  # the quarter before
    ProblemFactory(investigation=study, found_on=date(2026, 10, 2), state="withdrawn")
    days = {"found_on": date(2026, 10, 2), "passed_on": date(2026, 10, 5)}
    ProblemFactory(investigation=study, passed_up=True, **days)
    ProblemFactory(investigation=study, answered_above=True, **days)
    for day in (date(2026, 11, 22), date(2026, 11, 23), None):  # today, ahead, no date
        FindingUseFactory(investigation=study, used_on=day)
    FindingUseFactory(
        investigation=InvestigationFactory(leader=other, **known),
        used_on=date(2026, 11, 1),
    )
    work = {
        "problems": 3,
        "problems_passed_up": 2,
        "problems_answered": 1,
        "uses": 1,
    }

    question, people = asked(province_admin), ByOfficial((one.pk, other.pk))
    assert figures_of(question, people, one.pk) == work
    assert figures_of(question, people, other.pk) == {"uses": 1}
    assert figures_of(question, ByChild.of(js.js), js.xuzhou.pk) == work
    assert figures_of(question, ByChild.of(js.js)) == work | {"uses": 2}
    assert figures_of(question, ByChild.of(js.tongshan), None) == work
    # No unified action found a problem, and its report has no such columns.
    action = asked(province_admin, action=ActionFactory())
    assert figures_of(action, people) == {}
    names = {it.name for it in figures_of_groups(by_district(action))}
    assert not names & work.keys()


def test_what_a_hidden_visit_alone_tells_of_a_study_is_in_nobodys_figures(
    js, province_admin
):
    visit = VisitFactory(
        held=True,
        mode="unannounced",
        places=[js.tangzhang],
        starts_at=at("2026-11-04 09:00"),
    )
    Visit.objects.update(hidden_until=timezone.now() + timedelta(days=1))
    study = InvestigationFactory()
    FindingFactory(stop=visit.stops.get(), investigation=study)
    ProblemFactory(investigation=study, found_on=TODAY)

    assert figures_of(asked(province_admin), ByOfficial((study.leader_id,))) == {}


def test_letters_that_leaders_hold_stand_in_their_rows_and_in_no_place(
    js, province_admin
):
    desk = Caseworkers(js)
    leader = CadreFactory()
    days = ((date(2026, 10, 1), None), (date(2026, 5, 1), date(2026, 10, 9)))
    for started_on, ended_on in days:
        LeaderHold.objects.create(
            letter=desk.letter(),
            leader=leader,
            started_on=started_on,
            plan="上门核实",
            due_on=TODAY,
            first_due_on=TODAY,
            result="solved" if ended_on else "",
            ended_on=ended_on,
            named_by=desk.petition,
        )
    question, own = asked(province_admin), ByOfficial((leader.pk,))

    assert figures_of(question, own) == {"held": 1, "held_closed": 1}
    assert figures_of(question, ByChild.of(js.xuzhou)) == {"letters_received": 2}
    # Of a letter that is none of the reader's business, no word and no place.
    behind = rows_behind(question, own, FIGURES["held"], key=leader.pk).rows
    assert [(row.day, row.what, row.places, row.url) for row in behind] == [
        (date(2026, 10, 1), "", [], "")
    ]
    Letter.objects.update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )
    assert figures_of(question, own) == {}


def test_half_days_are_counted_once_however_many_visits(js, province_admin):
    official = CadreFactory()
    for start, hours in (
        ("2026-11-04 08:00", 1),
        ("2026-11-04 10:00", 1),  # the same morning
        ("2026-11-05 09:00", 1),
        ("2026-11-05 15:00", 1),  # the same day's afternoon
        ("2026-09-30 14:00", 30),  # afternoon, and the whole first day of the quarter
    ):
        VisitFactory(
            held=True,
            officials=[official],
            places=[js.gulou],
            starts_at=at(start),
            hours=hours,
        )
    rows = ByOfficial((official.pk,))

    counts = count(asked(province_admin), rows, [FIGURES["days"], FIGURES["visits"]])

    # 4 November 0.5, 5 November 1, 1 October 1: that visit began the quarter before.
    assert counts.of("days", official.pk) == 2.5
    assert counts.of("visits", official.pk) == 4
    assert counts.of("days", official.pk, 1) == 0.5


@pytest.mark.parametrize(
    "state", ["draft", "planned", "approved", "announced", "not_held", "cancelled"]
)
def test_only_what_happened_counts(js, province_admin, state):
    VisitFactory(state=state, places=[js.gulou], reason_ended="雨")

    assert figures_of(asked(province_admin), ByChild.of(js.js)) == {}


def test_a_place_counts_as_it_was_on_the_date(js, province_admin):
    """Handbook 2.3, traps 3 and 9: the township was in Tongshan when it was visited."""
    VisitFactory(held=True, places=[js.shitun], starts_at=at("2026-11-04 09:00"))
    Stop.objects.update(county=js.tongshan, point=js.tongshan)

    counts = count(asked(province_admin), ByChild.of(js.xuzhou), [FIGURES["visits"]])

    assert counts.of("visits", js.tongshan.pk) == 1
    assert counts.of("visits", js.gulou.pk) == 0
    report = district_report(asked(province_admin), js.tongshan)
    assert js.shitun in report.former


def test_dummy_rows_of_the_code_lists_are_looked_through(js, province_admin):
    """Trap 4: a county right under the province is a row of the province."""
    dummy = PlaceFactory(code="3290", name="省直辖", parent=js.js, is_virtual=True)
    county = PlaceFactory(code="329001", name="直辖县", parent=dummy)
    VisitFactory(held=True, places=[county], starts_at=at("2026-11-04 09:00"))

    report = district_report(asked(province_admin), js.js)

    assert county in report.children
    assert dummy not in report.children
    assert report.counts.of("place_visits", county.pk) == 1


def test_a_city_without_counties_is_one_county_level_place(js, province_admin):
    """Trap 5: its townships are the rows right below it."""
    city = PlaceFactory(code="3299", name="无县市", parent=js.js)
    city.county = city
    city.save()
    town = PlaceFactory(code="329900100", name="甲镇", parent=city)
    VisitFactory(held=True, places=[town], starts_at=at("2026-11-04 09:00"))

    above = district_report(asked(province_admin), js.js)
    inside = district_report(asked(province_admin), city)

    assert above.counts.of("place_visits", city.pk) == 1
    assert inside.counts.of("visits", town.pk) == 1
    assert not inside.rows.is_above_county


def test_a_prefecture_adds_nothing_once_a_county_in_it_is_named(js, province_admin):
    VisitFactory(
        held=True, places=[js.xuzhou, js.gulou], starts_at=at("2026-11-04 09:00")
    )

    counts = count(
        asked(province_admin), ByChild.of(js.xuzhou), [FIGURES["place_visits"]]
    )

    assert counts.of("place_visits") == 1
    assert counts.of("place_visits", js.gulou.pk) == 1
    assert counts.of("place_visits", None) == 0


def test_the_busiest_week_is_the_first_of_those_with_most_visits(js, province_admin):
    for day in ("2026-11-03", "2026-11-08", "2026-11-10", "2026-11-12", "2026-10-07"):
        VisitFactory(held=True, places=[js.gulou], starts_at=at(f"{day} 09:00"))

    weeks = busiest_weeks(asked(province_admin), ByChild.of(js.xuzhou))

    assert (weeks[Total].monday, weeks[Total].visits) == (date(2026, 11, 2), 2)
    assert weeks[js.gulou.pk] == weeks[Total]


def test_coverage_says_how_long_ago_anyone_was_in_each_township(js, province_admin):
    for place, start in (
        (js.tangzhang, "2026-11-21 09:00"),
        (js.village, "2026-09-22 09:00"),  # a village of Tangzhang
        (js.huancheng, "2026-09-22 09:00"),
        (js.shitun, "2026-05-21 09:00"),
    ):
        VisitFactory(held=True, places=[place], starts_at=at(start))

    question = asked(province_admin)
    report = district_report(question, js.xuzhou)

    assert {tile.name: (tile.days, tile.tone) for tile in report.tiles} == {
        js.huancheng.name: (61, "recent"),
        js.shitun.name: (185, "late"),
        js.liuji.name: (None, "late"),
        js.tangzhang.name: (1, "fresh"),
    }
    unvisited = {
        p: report.counts.of("townships_unvisited", p.pk) for p in report.children
    }
    assert unvisited == {js.gulou: 1, js.tongshan: 1}
    assert report.counts.of("townships_unvisited") == 2
    assert report.last_days[js.tongshan.pk] == date(2026, 11, 21)
