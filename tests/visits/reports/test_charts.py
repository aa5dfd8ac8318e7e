"""What is drawn on the reports is what their figures say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import CadreFactory, VisitFactory, at
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import LetterClock
from visits.reports.asked import Asked, ByOfficial
from visits.reports.counting import count
from visits.reports.figures import FIGURES, KINDS
from visits.reports.letter_months import letter_months
from visits.reports.letter_report import LetterQuestion, letter_report
from visits.reports.mix import mix
from visits.reports.report_question import no_link
from visits.reports.year_strip import year_strip
from visits.rules.letter_states import Clock
from visits.rules.periods import parse_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 22)


@pytest.fixture
def official(js):
    """Both kinds on the morning of 4 March, study from 31 March to noon of 1 April."""
    official = CadreFactory()
    for start, hours, kinds in (
        ("2026-03-04 09:00", 2, ["publicity", "study"]),
        ("2026-03-04 11:00", 1, ["publicity"]),
        ("2026-03-31 14:00", 22, ["study"]),
        ("2025-12-31 09:00", 2, ["onsite"]),
    ):
        VisitFactory(
            held=True,
            officials=[official],
            places=[js.gulou],
            places__activities=kinds,
            starts_at=at(start),
            hours=hours,
        )
    return official


def asked_of(reader, code="2026"):
    return Asked(reader, TODAY, parse_period(code))


def test_the_mix_has_the_numbers_of_its_figures_and_a_bar_of_one_length(
    province_admin, official
):
    counts = count(asked_of(province_admin), ByOfficial((official.pk,)), KINDS)

    drawn = mix(counts, official.pk, no_link, now="2026", before="2025")

    texts = {kind: [cell.text for cell in cells] for kind, cells in drawn.lines}
    assert texts == {
        "publicity": ["2", "0"],
        "study": ["2", "0"],
        "reception": ["0", "0"],
        "onsite": ["0", "1"],
    }
    assert [sum(it["width"] for it in bar.parts) for bar in drawn.bars] == [100, 100]
    assert drawn.bars[0].label == "Publicity 2 · Study 2 · Reception 0 · On the spot 0"
    assert mix(counts, None, no_link, now="2026", before="") is None


def test_the_year_of_an_official_is_drawn_in_half_days(province_admin, official):
    asked = asked_of(province_admin, "2026-Q1")

    months = year_strip(asked, official.pk, 2026, link=lambda month: month.code)

    assert [month.days for month in months[2:5]] == [1, 0.5, 0]
    march, april = months[2], months[3]
    # Day by day from the left; mornings above, afternoons below.
    assert [(it["x"], it["y"]) for it in march.halves] == [(30.5, 0), (300.5, 5)]
    assert [(it["x"], it["y"]) for it in april.halves] == [(0.5, 0)]
    assert (march.label, march.url, march.width) == ("4, 31", "2026-03", 310)
    assert (months[4].label, months[4].url) == ("–", "")
    for month in months:
        in_month = replace(
            asked, period=parse_period(f"2026-{months.index(month) + 1:02}")
        )
        days = count(in_month, ByOfficial((official.pk,)), [FIGURES["days"]])
        assert month.days == days.of("days", official.pk)


def test_the_days_of_a_month_open_their_half_days(client, province_admin, official):
    client.force_login(province_admin)
    address = reverse("visits:report_official", args=[official.pk])

    page = client.get(f"{address}?period=2026-Q1")

    march = page.context["strip"][2]
    rows = client.get(march.url).context["rows"]
    assert sum(row.amount for row in rows.rows) == march.days == 1


@pytest.fixture
def petition(js):
    """Routing of three letters ends in May: in time, late, open; of twelve in June."""
    office = petition_office(js.xuzhou)
    ends = [
        *((date(2026, 5, 20), days) for days in (0, 1, None)),
        *[(date(2026, 6, 10), -1)] * 9,
        *[(date(2026, 6, 30), 3)] * 3,
    ]
    for day, after in ends:
        letter = letter_at(js.huancheng, office=office)
        LetterClock.objects.filter(letter=letter).delete()
        LetterClock.objects.create(
            letter=letter,
            clock=Clock.ROUTE,
            started_on=day - timedelta(days=15),
            legal_on=day,
            safe_on=day,
            stopped_on=None if after is None else day + timedelta(days=after),
        )
    return officer(office)


def test_timeliness_by_month_is_that_of_the_report(petition):
    asked = LetterQuestion(petition, parse_period("2026-Q2"), None, 5, 10)

    found = letter_months(asked)

    assert [month.code for month, _cells in found.lines[:2]] == ["2025-07", "2025-08"]
    may, june = (cells[0] for _month, cells in found.lines[-2:])
    parts = [
        (it.due.exactly, it.kept.exactly, it.late.exactly, it.open.exactly, it.percent)
        for it in (may, june)
    ]
    # No percentage of three.
    assert parts == [(3, 1, 1, 1, None), (12, 9, 3, 0, 75)]
    (chart,) = found.charts
    assert (chart.clock, chart.most) == (Clock.ROUTE, 12)
    bars = [(it["x"], it["part"], it["y"], it["height"]) for it in chart.bars]
    step = pytest.approx(40 / 12)
    assert bars[:3] == [
        (101.5, "kept", pytest.approx(40 - 40 / 12), step),
        (101.5, "late", pytest.approx(40 - 80 / 12), step),
        (101.5, "open", pytest.approx(30), step),
    ]
    assert bars[3:] == [(111.5, "kept", 10, 30), (111.5, "late", 0, 10)]
    for month, cells in found.lines[-2:]:
        report = letter_report(replace(asked, period=month))
        said = {
            line.figure.name: line.counts[0]
            for _group, lines in report.tables
            for line in lines
        }
        for cell in cells:
            assert cell.due == said[f"due_{cell.clock}"]
            assert cell.kept == said[f"kept_{cell.clock}"]


def test_what_leaves_the_office_is_in_steps_and_drawn_nowhere(js, petition, reader):
    asked = LetterQuestion(reader, parse_period("2026-Q2"), js.xuzhou, 5, 10)

    found = letter_months(asked)

    assert found.charts == []
    june = found.lines[-1][1][0]
    assert (june.due.exactly, june.due.at_least, june.kept.at_least) == (None, 10, 5)
    assert (june.late.at_least, june.percent) == (0, None)
