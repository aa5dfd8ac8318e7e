"""Figures and the rows behind them, in worlds made by chance."""

import random
from datetime import date, timedelta

import pytest

from tests.factories import (
    ActionFactory,
    CadreFactory,
    FindingFactory,
    FindingUseFactory,
    InvestigationFactory,
    MatterFactory,
    ProblemFactory,
    QuestionFactory,
    ReceptionFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from visits.models import Talk
from visits.reports.asked import BEFORE, YEAR_BEFORE, Asked, ByChild, ByOfficial
from visits.reports.counting import Total, count
from visits.reports.facts import PLACE
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import ALL, COVERAGE, FIGURES
from visits.rules.activities import Activity
from visits.rules.periods import PeriodKind, period_of
from visits.rules.visit_states import VisitState

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
STATES = [VisitState.LOGGED, VisitState.PLANNED, VisitState.CANCELLED]
# One world in the short run, and another in the long one.
SEEDS = [0, pytest.param(1, marks=pytest.mark.long)]


def random_world(js, seed):
    """Some 20 visits around New Year, with entries; returns officials and an action."""
    dice = random.Random(seed)
    unit = UnitFactory(place=js.xuzhou)
    officials = CadreFactory.create_batch(4, unit=unit)
    action = ActionFactory(first=date(2026, 1, 1), last=date(2026, 1, 31))
    topics = [InvestigationFactory(leader=official) for official in officials]
    places = [js.js, js.xuzhou, js.yancheng, js.gulou, js.tongshan, js.jingkou]
    places += [js.huancheng, js.shitun, js.tangzhang, js.village, js.gulou_nj]
    for index in range(20):
        team = dice.sample(officials, dice.randint(1, 3))
        # Far enough apart that nobody is double-booked.
        day = date(2025, 10, 1) + timedelta(days=9 * index + dice.randint(0, 3))
        visit = VisitFactory(
            officials=team,
            unit=unit,
            places=dice.sample(places, dice.randint(1, 4)),
            places__activities=dice.sample(Activity.values, dice.randint(1, 4)),
            starts_at=at(f"{day} {dice.choice(['08:00', '13:00', '22:00'])}"),
            hours=dice.choice([2, 3, 26]),
            state=dice.choices(STATES, [8, 1, 1])[0],
            reason_ended="雨",
            is_contact_point=dice.random() < 0.3,
            actual_escorts=dice.choice([None, 0, 4]),
            escorts_county=dice.randint(0, 3),
            materials=["汇报"] * dice.randint(0, 2),
            action=dice.choice([None, action]),
        )
        for stop in visit.stops.all():
            for factory, more in (
                (TalkFactory, {"audience": dice.randint(0, 90)}),
                (FindingFactory, {"investigation": dice.choice(topics)}),
                (ReceptionFactory, {"groups": dice.randint(0, 3), "person_visits": 9}),
                (MatterFactory, {"assigned": dice.random() < 0.5}),
            ):
                if dice.random() < 0.4:
                    factory.create_batch(dice.randint(1, 2), stop=stop, **more)
            for talk in Talk.objects.filter(stop=stop):
                QuestionFactory(talk=talk, answered=dice.random() < 0.5)
        study = dice.choice(topics)
        ProblemFactory(
            investigation=study,
            found_on=day,
            **dice.choice([{}, {"answered_above": True, "passed_on": day}]),
        )
        FindingUseFactory(investigation=study, used_on=day)
    return officials, action


def questions(reader, action):
    for kind in PeriodKind:
        for day in (date(2025, 12, 30), date(2026, 2, 10)):
            yield Asked(reader, TODAY, period_of(kind, day))
    yield Asked(reader, TODAY, period_of(PeriodKind.YEAR, TODAY), action)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_figure_is_the_number_or_sum_of_the_rows_behind_it(js, province_admin, seed):
    officials, action = random_world(js, seed)
    dice, found = random.Random(seed), 0
    for asked in dice.sample(list(questions(province_admin, action)), 3):
        of_people = ByOfficial(tuple(official.pk for official in officials))
        for rows in (ByChild.of(js.js), ByChild.of(js.xuzhou), of_people):
            figures = [
                figure
                for figure in ALL
                if isinstance(rows, ByChild) or figure.source != PLACE
            ]
            counts = count(asked, rows, figures)
            for figure in dice.sample(figures, 9):
                keys = sorted(counts.keys())
                for key in (Total, None, *dice.sample(keys, min(2, len(keys)))):
                    behind = all_rows(asked, rows, figure, key)
                    assert counts.of(figure, key) == sum(row.amount for row in behind)
                    if not figure.amount:
                        assert counts.of(figure, key) == len(behind)
                    found += len(behind)
    assert found > 50


def all_rows(asked, rows, figure, key):
    """Over pages of 7, so that every page but the first begins at a cursor."""
    found, after = [], ""
    while True:
        page = rows_behind(asked, rows, figure, key=key, after=after, size=7)
        found += page.rows
        after = page.next
        if not after:
            return found


@pytest.mark.parametrize("seed", SEEDS)
def test_additive_figures_are_the_sum_of_their_rows_at_every_level(
    js, province_admin, seed
):
    _officials, action = random_world(js, seed)
    figures = [f for f in ALL if f.is_additive and f.source.name != "half_day"]
    for asked in list(questions(province_admin, action))[seed::2]:
        for place in (js.js, js.xuzhou, js.tongshan, js.tangzhang):
            rows = ByChild.of(place)
            counts = count(asked, rows, figures)
            for figure in figures:
                if figure.name == "place_visits" and not rows.is_above_county:
                    continue
                for period in range(counts.periods):
                    parts = [
                        number
                        for (when, key, name), number in counts.found.items()
                        if (when, name) == (period, figure.name) and key is not Total
                    ]
                    assert counts.of(figure, period=period) == sum(parts), figure.name


@pytest.mark.parametrize("seed", SEEDS)
def test_a_childs_total_is_its_row_in_the_parent(js, province_admin, seed):
    _officials, action = random_world(js, seed)
    figures = [f for f in ALL if f.source.name != "half_day" and f not in COVERAGE]
    for asked in list(questions(province_admin, action))[seed::2]:
        above = count(asked, ByChild.of(js.js), figures)
        below = count(asked, ByChild.of(js.xuzhou), figures)
        for figure in figures:
            assert above.of(figure, js.xuzhou.pk) == below.of(figure), figure.name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_quarters_add_up_to_the_year_where_visits_are_counted(
    js, province_admin, seed
):
    random_world(js, seed)
    rows = ByChild.of(js.js)
    figures = [FIGURES[n] for n in ("visits", "official_visits", "talks", "materials")]
    year = count(
        Asked(province_admin, TODAY, period_of(PeriodKind.YEAR, TODAY)), rows, figures
    )
    quarters = [
        count(
            Asked(province_admin, TODAY, period_of(PeriodKind.QUARTER, day)),
            rows,
            figures,
        )
        for day in (date(2026, month, 1) for month in (1, 4, 7, 10))
    ]

    for figure in figures:
        assert year.of(figure) == sum(quarter.of(figure) for quarter in quarters)


@pytest.mark.parametrize(
    ("day", "compared"),
    [(date(2026, 2, 10), BEFORE), (date(2026, 11, 10), YEAR_BEFORE)],
)
def test_what_a_period_is_compared_with_is_what_that_period_counts(
    js, province_admin, day, compared
):
    random_world(js, 1)
    asked = Asked(province_admin, TODAY, period_of(PeriodKind.QUARTER, day))
    then = Asked(province_admin, TODAY, asked.periods[compared])
    rows = ByChild.of(js.js)
    figures = [figure for figure in ALL if figure.source != PLACE]

    now, earlier = count(asked, rows, figures), count(then, rows, figures)

    assert then.period.code == "2025-Q4"
    assert {f.name: now.of(f, period=compared) for f in figures} == {
        f.name: earlier.of(f) for f in figures
    }
    assert earlier.of("visits") > 3
