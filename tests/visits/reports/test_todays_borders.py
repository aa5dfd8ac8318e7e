"""A report by the borders of today: a small world, counted by hand (trap 9)."""

import random
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from cadres.models import District, Succession
from tests.factories import (
    ActionFactory,
    CadreFactory,
    FindingFactory,
    FindingUseFactory,
    InvestigationFactory,
    MatterFactory,
    PlaceFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import letter_at, petition_office
from visits.reports.asked import Asked
from visits.reports.counting import Total, count
from visits.reports.district_report import district_report, tables
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import ALL, COVERAGE, FIGURES
from visits.reports.letter_report import LetterQuestion
from visits.reports.report_question import no_link
from visits.reports.subject_report import subject_report
from visits.reports.todays_places import rows_below
from visits.rules.periods import parse_period
from visits.rules.report_kinds import Boundaries, ReportKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 22)
LAST, CHANGE = date(2021, 2, 28), date(2021, 3, 1)
SEEDS = [0, pytest.param(1, marks=pytest.mark.long)]


def asked(reader, code="2021", boundaries=Boundaries.NOW):
    return Asked(reader, TODAY, parse_period(code), boundaries=boundaries)


def ended(code, name, parent, *heirs, reason="merged"):
    """A place of the past, and what became of it on the day of the change."""
    place = PlaceFactory(code=code, name=name, parent=parent, valid_to=LAST)
    for heir in heirs:
        Succession.objects.create(
            predecessor=place, successor=heir, reason=reason, on=CHANGE
        )
    return place


@pytest.fixture
def past(js):
    """Xuzhou as it was: each of its old places has another fate."""
    old = SimpleNamespace()
    tongshan, gulou = js.tongshan, js.gulou
    old.renamed = ended("320312107", "柳集镇", tongshan, js.liuji, reason="renamed")
    old.moved = ended("320312008", "拾屯街道", tongshan, js.shitun, reason="moved")
    old.merged = ended("320312108", "东棠镇", tongshan, js.tangzhang)
    old.merged_too = ended("320312109", "西棠镇", tongshan, js.tangzhang)
    old.split = ended(
        "320302009", "界河街道", gulou, js.huancheng, js.shitun, reason="split"
    )
    old.torn = ended(
        "320302010", "两岸街道", gulou, js.huancheng, js.liuji, reason="split"
    )
    # A county that went to another city; nobody entered its township anew.
    old.county = ended("320399", "东区", js.xuzhou, js.jingkou)
    old.left_over = PlaceFactory(code="320399001", name="港口街道", parent=old.county)
    old.gone = ended("320312110", "沉村镇", tongshan)
    return old


def visit(*places, on="2021-01-11", **more):
    return VisitFactory(
        places=list(places), starts_at=at(f"{on} 09:00"), held=True, **more
    )


def of_rows(question, place, figure):
    """A figure by the name of its row; that of the total is under ''."""
    counts = count(question, rows_below(question, place), [FIGURES[figure]])
    names = dict(
        District.objects.filter(pk__in=counts.keys()).values_list("pk", "name")
    )
    keys = {Total: "", None: "itself"} | names
    found = {name: counts.of(figure, key) for key, name in keys.items()}
    return {name: int(n) for name, n in found.items() if n}


def test_every_place_of_the_past_counts_where_it_is_today(js, past, province_admin):
    for place in vars(past).values():
        visit(place)

    def then(place):
        return of_rows(asked(province_admin, boundaries="then"), place, "visits")

    def now(place):
        return of_rows(asked(province_admin), place, "visits")

    assert then(js.js) == {"": 9, "徐州市": 9}
    assert now(js.js) == {"": 9, "徐州市": 7, "镇江市": 2}
    assert then(js.xuzhou) == {"": 9, "铜山区": 5, "鼓楼区": 2, "东区": 2}
    assert now(js.xuzhou) == {"": 7, "铜山区": 4, "鼓楼区": 2, "两岸街道": 1}
    assert now(js.tongshan) == {"": 4, "柳新镇": 1, "棠张镇": 2, "沉村镇": 1}
    assert now(js.gulou) == {"": 2, "拾屯街道": 1, "界河街道": 1}
    assert now(js.zhenjiang) == {"": 2, "京口区": 2}
    assert now(js.jingkou) == {"": 2, "itself": 1, "港口街道": 1}
    assert now(js.tangzhang) == {"": 2, "itself": 2}
    assert now(js.liuji) == {"": 1, "itself": 1}
    assert now(past.moved) == {}


def test_a_place_that_was_divided_says_so(js, past, province_admin):
    visit(past.torn)
    visit(past.gone)
    notes = {}
    for place in (js.xuzhou, js.tongshan):
        report = district_report(asked(province_admin), place)
        [table, *_more] = tables(report, link=no_link, drill=lambda _place: "")
        notes |= {line.label: line.note for line in table.lines if line.note}

    assert notes["两岸街道"] == "divided since: not to be told apart"
    assert notes["沉村镇"] == "no place of today is known for it"


def test_place_visits_are_those_of_todays_counties(js, past, province_admin):
    visit(past.moved, js.gulou)  # two counties then, one today
    visit(past.torn, js.gulou)  # one then; nobody can tell today
    visit(js.xuzhou, past.moved)  # the city is passed over for a county of it, both
    visit(js.xuzhou, past.left_over)  # that county stands in another city today

    def figure(place, boundaries):
        question = asked(province_admin, boundaries=boundaries)
        return of_rows(question, place, "place_visits")

    assert figure(js.xuzhou, "then") == {"": 5, "铜山区": 2, "鼓楼区": 2, "东区": 1}
    assert figure(js.xuzhou, "now") == {
        "": 5,
        "鼓楼区": 3,
        "两岸街道": 1,
        "itself": 1,
    }
    assert figure(js.js, "now") == {"": 6, "徐州市": 5, "镇江市": 1}


def test_what_no_stop_brought_about_follows_its_place(js, past, province_admin):
    unit = UnitFactory(place=past.moved)
    study = InvestigationFactory(
        leader=CadreFactory(unit=unit), unit=unit, recorded_by=province_admin
    )
    FindingUseFactory(investigation=study, used_on=date(2021, 1, 11))
    stop = visit(past.moved).stops.get()
    MatterFactory(stop=stop, raised_on=date(2021, 1, 11))

    for figure in ("uses", "promises", "onsite_decided"):
        now = of_rows(asked(province_admin), js.xuzhou, figure)
        assert now == {"": 1, "鼓楼区": 1}, figure


def test_a_township_was_visited_under_its_old_name_too(js, past, province_admin):
    visit(past.renamed, on="2021-02-01")
    visit(past.split, on="2021-02-02")
    question = asked(province_admin, "2021-Q1")

    report = district_report(question, js.tongshan)
    now = {it.name: it.days for it in report.tiles}

    assert now == {"棠张镇": None, "柳新镇": 58}
    assert of_rows(question, js.tongshan, "townships_unvisited") == {"": 1, "棠张镇": 1}
    assert of_rows(question, js.gulou, "townships_all")[""] == 2
    assert report.last_days[js.liuji.pk] == date(2021, 2, 1)


def test_a_place_that_stands_elsewhere_in_the_list_is_counted_there(
    js, past, province_admin
):
    """A correction of the list, without a new place: records keep what it said then."""
    visit(js.village)
    village = js.village
    village.parent, village.township = js.liuji, js.liuji
    village.save()

    assert of_rows(asked(province_admin), js.tongshan, "visits") == {"": 1, "柳新镇": 1}
    then = asked(province_admin, boundaries="then")
    assert of_rows(then, js.tongshan, "visits") == {"": 1, "棠张镇": 1}


def test_a_place_that_ends_tomorrow_is_itself_today(js, province_admin):
    place = ended("320312111", "明镇", js.tongshan, js.liuji)
    place.valid_to = TODAY
    place.save()
    visit(place)

    assert of_rows(asked(province_admin), js.tongshan, "visits") == {"": 1, "明镇": 1}


@pytest.mark.parametrize("changes", [0, 3])
def test_it_costs_the_same_however_many_places_changed(
    js, province_admin, changes, django_assert_num_queries
):
    for at_ in range(changes):
        visit(ended(f"3203122{at_:02}", f"旧{at_}", js.tongshan, js.liuji))
    visit(ended("320312111", "旧镇", js.tongshan, js.liuji))

    # Three for the borders, dummy rows, the reader's eyes (2); then townships, figures,
    # busiest weeks, places, last visits of these and of the townships; for letters,
    # whose ties the reader has, and settings.
    with django_assert_num_queries(14):
        district_report(asked(province_admin), js.tongshan)


def random_past(js, past, seed):
    """Some 14 visits to places of both days, with entries."""
    dice = random.Random(seed)
    unit = UnitFactory(place=js.xuzhou)
    officials = CadreFactory.create_batch(3, unit=unit)
    places = [*vars(past).values(), js.xuzhou, js.gulou, js.tongshan, js.shitun]
    places += [js.huancheng, js.liuji, js.village, js.jingkou, js.js]
    for index in range(14):
        made = visit(
            *dice.sample(places, dice.randint(1, 4)),
            on=date(2021, 1, 3) + timedelta(days=5 * index),
            officials=dice.sample(officials, dice.randint(1, 2)),
            unit=unit,
        )
        for stop in made.stops.all():
            for factory in (TalkFactory, MatterFactory):
                if dice.random() < 0.4:
                    factory(stop=stop)


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_are_their_rows_and_levels_add_up(js, past, province_admin, seed):
    random_past(js, past, seed)
    dice, question, found = random.Random(seed), asked(province_admin), 0
    figures = [f for f in ALL if f.source.name != "half_day"]
    totals = {}
    for place in (js.js, js.xuzhou, js.zhenjiang, js.tongshan):
        rows = rows_below(question, place)
        counts = count(question, rows, figures)
        totals[place.pk] = counts
        for figure in figures:
            if figure.name == "place_visits" and not rows.is_above_county:
                continue
            if figure.is_additive:
                parts = [
                    number
                    for (period, key, name), number in counts.found.items()
                    if (period, name) == (0, figure.name) and key is not Total
                ]
                assert counts.of(figure) == sum(parts), (place.name, figure.name)
        keys = sorted(counts.keys())
        for figure in [FIGURES["place_visits"], *dice.sample(figures, 3)]:
            for key in (Total, None, *dice.sample(keys, min(2, len(keys)))):
                behind = rows_behind(question, rows, figure, key=key, size=99).rows
                assert counts.of(figure, key) == sum(row.amount for row in behind)
                found += len(behind)
    for figure in figures:
        if figure in COVERAGE:
            continue
        for above, below in ((js.js, js.xuzhou), (js.js, js.zhenjiang)):
            row = totals[above.pk].of(figure, below.pk)
            assert row == totals[below.pk].of(figure), figure.name
    assert found > 50


def test_units_actions_topics_and_letters_count_where_they_are_today(
    js, past, province_admin
):
    unit = UnitFactory(place=past.moved)
    action = ActionFactory()
    visit = VisitFactory(
        held=True,
        officials=[CadreFactory(unit=unit)],
        unit=unit,
        action=action,
        places=[past.merged, past.merged_too],
        starts_at=at("2021-01-11 09:00"),
    )
    topic = InvestigationFactory(leader=visit.team.get().official, unit=unit)
    FindingFactory(stop=visit.stops.first(), investigation=topic)
    office = petition_office(js.xuzhou)
    letter_at(past.moved, office=office, received_on=date(2021, 1, 5))

    def found(kind, place, boundaries=Boundaries.NOW, name="townships"):
        question = asked(province_admin, boundaries=boundaries)
        report = subject_report(kind, question, place)
        rows = rows_behind(question, report.rows, FIGURES[name]).rows
        assert len(rows) == report.counts.of(name)
        return {it.pk: report.counts.of(name, it.pk) for it in report.subjects}

    for kind, subject in ((ReportKind.UNITS, unit), (ReportKind.TOPICS, topic)):
        assert found(kind, js.gulou, name="visits") == {subject.pk: 1}
        assert found(kind, js.tongshan) == {}
        assert found(kind, js.gulou, Boundaries.THEN) == {}
        assert found(kind, js.tongshan, Boundaries.THEN, "visits") == {subject.pk: 1}
    # Two townships of the past are one today.
    assert found(ReportKind.UNITS, js.gulou) == {unit.pk: 1}
    assert found(ReportKind.UNITS, js.tongshan, Boundaries.THEN) == {unit.pk: 2}
    assert found(ReportKind.ACTIONS, js.tangzhang) == {action.pk: 1}
    assert found(ReportKind.ACTIONS, js.tangzhang, Boundaries.THEN) == {}
    whole = found(ReportKind.ACTIONS, js.tongshan, name="place_visits")
    assert whole == {action.pk: 1}

    def letters(place, day):
        year = parse_period("2021")
        question = LetterQuestion(
            province_admin, year, place, least=5, min_base=10, borders_of=day
        )
        return question.letters().count()

    assert [letters(js.gulou, TODAY), letters(js.tongshan, TODAY)] == [1, 0]
    assert [letters(js.gulou, None), letters(js.tongshan, None)] == [0, 1]
