from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory, UnitFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import letter_at, officer, petition_office, take
from visits.reports.letter_report import FIGURES, LetterQuestion, letter_report
from visits.rules.letter_states import Step
from visits.rules.periods import Period, PeriodKind

pytestmark = pytest.mark.django_db
URL = reverse("visits:report_caseload")
ROWS = reverse("visits:report_letter_rows")


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def admin(world):
    unit = UnitFactory(place=world.js.xuzhou)
    return AccountFactory(
        unit=unit, role=Role.DISTRICT_ADMIN, role__place=world.js.xuzhou
    )


def question(reader, place=None, *, year):
    period = Period(PeriodKind.YEAR, year)
    return LetterQuestion(reader, period, place, least=5, min_base=10)


def counts(report, which=0):
    return {
        line.figure.name: line.counts[which]
        for _group, lines in report.tables
        for line in lines
    }


def test_each_figure_is_the_number_of_letters_it_opens(client_of, world):
    world.letter(channel="phone", category="suggestion")
    world.letter(is_urgent=True, urgent_reason="危房")
    answered = world.at_unit()
    for step, by in (
        (Step.ACCEPT, world.handler),
        (Step.INQUIRE, world.handler),
        (Step.ANSWER, world.head),
    ):
        answered = take(answered, step, by)
    world.sealed()
    asked = question(world.petition, year=world.now.year)

    found = counts(letter_report(asked))

    assert found["received"].exactly == 3
    assert (found["by_phone"].exactly, found["urgent"].exactly) == (1, 1)
    assert (found["step_accept"].exactly, found["answered"].exactly) == (1, 1)
    client = client_of(world.petition)
    for name in FIGURES:
        page = client.get(ROWS, {"period": asked.period.code, "figure": name})
        assert len(page.context["rows"]) == found[name].exactly, name


def test_a_limit_is_kept_late_or_still_running(world):
    letter = world.at_unit()
    letter.clocks.filter(clock="C4").update(
        legal_on=date(2026, 3, 2), safe_on=date(2026, 3, 2), stopped_on=date(2026, 3, 2)
    )
    late = world.at_unit()
    late.clocks.filter(clock="C4").update(
        legal_on=date(2026, 3, 3), safe_on=date(2026, 3, 3), stopped_on=date(2026, 3, 4)
    )
    running = world.at_unit()
    running.clocks.filter(clock="C4").update(
        legal_on=date(2026, 3, 4), safe_on=date(2026, 3, 4), stopped_on=None
    )
    period = Period(PeriodKind.MONTH, 2026, 3)

    found = counts(
        letter_report(LetterQuestion(world.petition, period, None, least=5, min_base=3))
    )

    parts = [found[f"{name}_C4"].exactly for name in ("due", "kept", "late", "open")]
    assert parts == [3, 1, 1, 1]


def test_it_compares_with_the_period_before_and_the_year_before(world):
    for day in (date(2026, 5, 2), date(2026, 4, 2), date(2026, 4, 3), date(2025, 5, 9)):
        world.letter(received_on=day)
    period = Period(PeriodKind.MONTH, 2026, 5)
    asked = LetterQuestion(world.petition, period, None, least=5, min_base=10)

    report = letter_report(asked)

    assert [it.code for it in report.periods] == ["2026-05", "2026-04", "2025-05"]
    assert [counts(report, n)["received"].exactly for n in range(3)] == [1, 2, 1]


def test_outside_the_petition_office_figures_come_in_steps_and_open_nothing(
    client_of, world, admin
):
    for _number in range(7):
        world.letter()
    client = client_of(admin)
    place = {"place": world.js.xuzhou.pk}

    page = client.get(URL, place)

    found = counts(page.context["report"])
    assert (found["received"].exactly, found["received"].at_least) == (None, 5)
    assert found["urgent"].at_least == 0
    assert page.context["report"].subjects == []
    assert ROWS not in page.content.decode()
    assert client.get(ROWS, place | {"figure": "received"}).status_code == 404


def test_neither_another_place_nor_another_office_is_read(client_of, world, admin):
    elsewhere = petition_office(world.js.nanjing)
    letter_at(world.js.gulou_nj, office=elsewhere)

    assert client_of(admin).get(URL, {"place": world.js.nanjing.pk}).status_code == 404
    report = client_of(world.petition).get(URL).context["report"]
    assert counts(report)["received"].exactly == 0
    assert client_of(world.handler).get(URL).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"period": "x"},
        {"period": "1990"},
        {"period": "2199"},
        {"period": "2026-W53"},
        {"place": "²"},
        {"figure": "nothing"},
        {"figure": ""},
    ],
)
def test_what_cannot_be_read_is_the_default_or_not_found(client_of, world, query):
    client = client_of(world.petition)

    assert client.get(URL, query).status_code in (200, 404)
    assert client.get(ROWS, query).status_code == 404


def test_it_costs_the_same_whatever_the_letters(client_of, world):
    client = client_of(world.petition)

    def cost(url):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    urls = (URL, f"{ROWS}?figure=received")
    world.letter()
    before = [cost(url) for url in urls]
    for _number in range(3):
        letter = world.letter()
        take(letter, Step.FORWARD, officer(world.office), to_unit=world.water)
    assert [cost(url) for url in urls] == before
