"""Per unit, per unified action, per study topic, and what places bore: small worlds
counted by hand."""

from datetime import date

import pytest

from tests.factories import (
    ActionFactory,
    CadreFactory,
    FindingFactory,
    InvestigationFactory,
    MatterFactory,
    ProblemFactory,
    QuestionFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from visits.models import VisitOfficial
from visits.reports.asked import Asked, ByAction, ByTopic, ByUnit
from visits.reports.counting import Total, count
from visits.reports.district_report import district_report, groups_of
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import OF_BURDEN, figures
from visits.reports.subject_report import subject_report
from visits.rules.periods import parse_period
from visits.rules.report_kinds import ReportKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def asked(reader, action=None):
    return Asked(reader, TODAY, parse_period("2026-Q4"), action)


def counted(report, pk, *names):
    return [report.counts.of(name, pk) for name in names]


def test_a_joint_visit_stands_in_each_units_row_and_once_in_the_total(
    js, province_admin
):
    water, roads = (UnitFactory(place=js.xuzhou, name=n) for n in ("水务局", "交通局"))
    far = UnitFactory(place=js.nanjing)
    team = [
        *CadreFactory.create_batch(2, unit=water),
        CadreFactory(unit=roads),
        CadreFactory(unit=far),
    ]
    visit = VisitFactory(
        held=True,
        officials=team,
        places=[js.jingkou],  # outside Xuzhou: a unit counts wherever it went
        starts_at=at("2026-11-04 08:00"),
        hours=8,
    )
    MatterFactory(stop=visit.stops.get(), raised_on=date(2026, 11, 4))
    # Who has moved on since stays in the row of the unit they belonged to then.
    VisitOfficial.objects.filter(official=team[2]).update(unit=roads)
    team[2].unit = far
    team[2].save()

    report = subject_report(ReportKind.UNITS, asked(province_admin), js.xuzhou)

    assert [it.name for it in report.subjects] == ["交通局", "水务局"]
    names = ["visits", "days", "onsite_decided", "promises"]
    assert counted(report, water.pk, *names) == [1, 2, 1, 1]
    assert counted(report, roads.pk, *names) == [1, 1, 1, 0]
    assert counted(report, Total, *names) == [1, 3, 1, 1]
    assert counted(report, far.pk, *names) == [0, 0, 0, 0]


def test_a_unified_action_counts_what_it_did_at_the_place(js, province_admin):
    action, other = ActionFactory(name="冬访"), ActionFactory(name="春访")
    day = at("2026-11-04 09:00")
    for places, of in (
        ([js.gulou, js.jingkou], action),
        ([js.tangzhang], action),
        ([js.jingkou], other),
        ([js.gulou], None),
    ):
        visit = VisitFactory(
            held=True, places=places, starts_at=day, action=of, count=len(places)
        )
        TalkFactory(stop=visit.stops.first())

    whole = subject_report(ReportKind.ACTIONS, asked(province_admin), js.js)
    part = subject_report(ReportKind.ACTIONS, asked(province_admin), js.xuzhou)

    names = ["visits", "place_visits", "counties", "talks"]
    assert [it.name for it in whole.subjects] == ["冬访", "春访"]
    assert counted(whole, action.pk, *names) == [2, 3, 3, 2]
    assert counted(whole, Total, *names) == [3, 4, 3, 3]
    assert [it.name for it in part.subjects] == ["冬访"]
    assert counted(part, action.pk, *names) == [2, 2, 2, 2]


def test_a_topic_counts_its_own_findings_of_a_stop_with_several(js, province_admin):
    leader = CadreFactory(unit=UnitFactory(place=js.xuzhou))
    one, other = (
        InvestigationFactory(leader=leader, topic=name, recorded_by=province_admin)
        for name in ("养老", "供水")
    )
    far = InvestigationFactory(
        leader=CadreFactory(unit=UnitFactory(place=js.nanjing)),
        recorded_by=province_admin,
    )
    visit = VisitFactory(
        held=True, places=[js.tangzhang], starts_at=at("2026-11-04 09:00")
    )
    for study in (one, one, other, far):
        FindingFactory(stop=visit.stops.get(), investigation=study)
    ProblemFactory(
        investigation=other,
        answered_above=True,
        found_on=date(2026, 10, 8),
        passed_on=date(2026, 10, 9),
    )

    report = subject_report(ReportKind.TOPICS, asked(province_admin), js.xuzhou)

    names = ["visits", "findings", "problems", "problems_answered"]
    assert {it.name for it in report.subjects} == {"养老", "供水"}
    assert counted(report, one.pk, *names) == [1, 2, 0, 0]
    assert counted(report, other.pk, *names) == [1, 1, 1, 1]
    assert counted(report, Total, *names) == [1, 3, 1, 1]


def test_what_places_bore_stands_beside_what_they_had_of_it(js, province_admin):
    team = CadreFactory.create_batch(2, unit=UnitFactory(place=js.tongshan))
    visit = VisitFactory(
        held=True,
        officials=team,
        places=[js.tangzhang, js.huancheng],
        count=2,
        starts_at=at("2026-11-04 09:00"),
        actual_escorts=3,
        press=1,
        materials=["汇报材料", "名册"],
    )
    stop = visit.stops.order_by("position").first()
    QuestionFactory(talk=TalkFactory(stop=stop), answered=True)
    MatterFactory(
        stop=stop,
        state="confirmed",
        heard=1,
        people_word="settled",
        raised_on=date(2026, 11, 4),
    )
    question = asked(province_admin)

    report = district_report(question, js.xuzhou, groups_of(question, of=OF_BURDEN))

    names = [figure.name for figure in OF_BURDEN[0].figures]
    found = {
        pk: dict(zip(names, counted(report, pk, *names), strict=True))
        for pk in (js.tongshan.pk, Total)
    }
    whole = {
        "visits": 1,
        "dates": 1,
        "people_received": 6,
        "materials": 2,
        "questions_answered": 1,
        "promises": 1,
        "promises_kept": 1,
        "problems_passed_up": 0,
        "problems_answered": 0,
    }
    assert found == {js.tongshan.pk: whole, Total: whole}


def test_figures_of_subjects_are_the_rows_behind_them(js, province_admin):
    unit = UnitFactory(place=js.xuzhou)
    leader, other = (
        CadreFactory(unit=unit),
        CadreFactory(unit=UnitFactory(place=js.gulou)),
    )
    topics = [
        InvestigationFactory(leader=leader, recorded_by=province_admin)
        for _n in range(2)
    ]
    action = ActionFactory()
    for number, (team, of) in enumerate(
        [([leader, other], action), ([leader], None), ([other], action)]
    ):
        visit = VisitFactory(
            held=True,
            officials=team,
            places=[js.tangzhang, js.gulou],
            count=2,
            starts_at=at(f"2026-11-0{number + 3} 09:00"),
            action=of,
        )
        for stop in visit.stops.all():
            QuestionFactory(talk=TalkFactory(stop=stop))
            MatterFactory(stop=stop, raised_on=date(2026, 11, 4))
            for topic in topics[: number + 1]:
                FindingFactory(stop=stop, investigation=topic)
    ProblemFactory(investigation=topics[0], found_on=date(2026, 10, 8))
    names = ("visits", "days", "place_visits", "people_received", "questions")
    wanted = figures(*names, "findings", "topics", "promises", "problems")
    question, filled = asked(province_admin), 0

    for rows in (
        ByUnit(js.xuzhou),
        ByAction(js.xuzhou),
        ByTopic(js.xuzhou, province_admin),
    ):
        counts = count(question, rows, wanted)
        for figure in wanted:
            for key in (Total, *sorted(counts.keys())[:1]):
                behind = rows_behind(question, rows, figure, key=key).rows
                assert counts.of(figure, key) == sum(it.amount for it in behind)
                filled += bool(behind)
    assert filled > 20
