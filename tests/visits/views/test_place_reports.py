"""Reports per unit, unified action and topic, and what places bore: who, and how."""

import io
import uuid
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    ActionFactory,
    CadreFactory,
    FindingFactory,
    InvestigationFactory,
    MatterFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from visits.models import FiledReport
from visits.rules.report_kinds import ReportKind

pytestmark = pytest.mark.django_db
PERIOD = "period=2025-Q4"
OF_PLACES = ["units", "actions", "topics", "burden"]


@pytest.fixture
def visit(js, district_admin):
    """Of one unit, one action and one topic."""
    official = CadreFactory(name="辛志强", unit=district_admin.unit)
    made = VisitFactory(
        held=True,
        officials=[official],
        places=[js.tangzhang, js.huancheng],
        count=2,
        starts_at=at("2025-11-04 09:00"),
        action=ActionFactory(name="冬访行动"),
    )
    study = InvestigationFactory(
        leader=official, topic="农村供水", recorded_by=district_admin
    )
    FindingFactory(stop=made.stops.first(), investigation=study)
    MatterFactory(stop=made.stops.first(), raised_on=date(2025, 11, 4))
    return made


def address(name, query=PERIOD):
    return f"{reverse(f'visits:report_{name}')}?{query}"


def asked(form, by):
    return {"purpose": "提交市委常委会", "format": form, "approver": by.pk}


@pytest.mark.parametrize("name", ["units", "topics"])
@pytest.mark.parametrize(
    "role", [Role.DISTRICT_ADMIN, Role.REPORT_READER, Role.UNIT_HEAD, Role.LEADER]
)
def test_reports_of_a_place_open_for_its_roles_alone(client, js, role, name):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))
    allowed = {Role.DISTRICT_ADMIN}
    if name != "topics":  # they have names
        allowed.add(Role.REPORT_READER)

    response = client.get(address(name))

    assert response.status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("name", ["units", "burden"])
def test_reports_of_a_place_stop_at_ones_own(client, county_admin, js, name):
    client.force_login(county_admin)

    for place in (js.xuzhou, js.gulou):
        query = f"{PERIOD}&place={place.pk}"
        assert client.get(address(name, query)).status_code == 404
        rows = f"report={name}&figure=visits&{query}"
        assert client.get(address("rows", rows)).status_code == 404


@pytest.mark.parametrize("name", OF_PLACES)
def test_a_figure_of_a_row_opens_what_is_behind_it(
    client, district_admin, visit, js, name
):
    client.force_login(district_admin)

    page = client.get(address(name))

    table = page.context["tables"][0]
    at = [column.name for column in table.columns].index("visits")
    line = next(line for line in table.lines if line.cells[at].url)
    assert (line.cells[at].text, table.footers[0].cells[at].text) == ("1", "1")
    rows = client.get(line.cells[at].url)
    assert [row.visits for row in rows.context["rows"].rows] == [[visit]]
    assert line.label in rows.content.decode()
    assert address(name, f"{PERIOD}&place={js.xuzhou.pk}").replace("&", "&amp;") in (
        rows.content.decode()
    )


def test_rows_open_only_for_figures_that_the_report_shows(
    client, district_admin, visit, js
):
    client.force_login(district_admin)

    for query in (
        "report=topics&figure=talks",
        "report=units&figure=townships_all",
        "report=burden&figure=held",
        "figure=held",
        "report=units&figure=visits&row=0",
        f"report=units&figure=visits&row={UnitFactory(place=js.nanjing).pk}",
    ):
        assert client.get(address("rows", query)).status_code == 404


@pytest.mark.parametrize("name", OF_PLACES)
def test_reports_of_a_place_are_filed_and_exported_as_they_stand(
    client, district_admin, visit, name
):
    client.force_login(district_admin)
    page = client.get(address(name, f"{PERIOD}&group=all"))
    query = page.context["this_report"]

    csv = client.post(address("export", query), asked("csv", district_admin))
    client.post(address("file", query), {"client_key": uuid.uuid4(), "note": "季度"})

    filed = FiledReport.objects.get()
    assert filed.kind == ReportKind(name)
    assert [len(it["lines"]) for it in filed.content["tables"]] == [
        len(it.lines) + len(it.footers) for it in page.context["tables"]
    ]
    for table in page.context["tables"]:
        for line in table.lines:
            assert line.label in csv.content.decode()
    compared = client.get(reverse("visits:filed_compare", args=[filed.reference]))
    assert compared.context["differences"] == []


def test_a_workbook_has_rows_of_what_its_report_shows(client, district_admin, visit):
    client.force_login(district_admin)
    query = client.get(address("topics")).context["this_report"]

    answer = client.post(address("export", query), asked("xlsx", district_admin))

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(1).to_python()
    assert {row[0] for row in rows[2:]} == {"走访", "调研发现"}


def test_a_filed_report_of_topics_is_for_those_who_may_see_all_of_them(
    client, client_of, district_admin, reader, visit
):
    client.force_login(district_admin)
    for name in ("units", "topics"):
        query = client.get(address(name)).context["this_report"]
        client.post(address("file", query), {"client_key": uuid.uuid4(), "note": ""})

    seen = client_of(reader).get(reverse("visits:filed_list"))

    assert [row["filed"].kind for row in seen.context["rows"]] == [ReportKind.UNITS]


@pytest.mark.parametrize("name", OF_PLACES)
def test_reports_of_a_place_cost_the_same_for_any_number(
    client, district_admin, js, name, django_assert_max_num_queries
):
    for number in range(3):
        official = CadreFactory(unit=UnitFactory(place=js.xuzhou))
        made = VisitFactory(
            held=True,
            officials=[official],
            places=[js.tangzhang],
            starts_at=at(f"2025-11-0{number + 3} 09:00"),
            action=ActionFactory(),
        )
        study = InvestigationFactory(leader=official, recorded_by=district_admin)
        FindingFactory(stop=made.stops.get(), investigation=study)
    client.force_login(district_admin)

    # What was touched since the last fold is a question more.
    with django_assert_max_num_queries(12):
        page = client.get(address(name, f"{PERIOD}&group=all"))

    if name != "burden":
        assert len(page.context["tables"][0].lines) == 3


def test_many_units_stand_on_several_pages_under_one_total(
    client, district_admin, js, monkeypatch
):
    monkeypatch.setattr("visits.reports.subject_report.PAGE", 2)
    for number in range(5):
        VisitFactory(
            held=True,
            officials=[
                CadreFactory(unit=UnitFactory(place=js.xuzhou, name=f"{number}局"))
            ],
            places=[js.tangzhang],
            starts_at=at("2025-11-03 09:00"),
        )
    client.force_login(district_admin)
    path, url, names, totals = reverse("visits:report_units"), f"?{PERIOD}", [], set()
    while url:
        page = client.get(path + url)
        table = page.context["tables"][0]
        names += [line.label for line in table.lines]
        totals.add(table.footers[0].cells[0].text)
        url = page.context["pager"]["next_url"]

    assert names == [f"{number}局" for number in range(5)]
    assert totals == {"5"}
    back = page.context["pager"]["previous_url"]
    assert [it.label for it in client.get(path + back).context["tables"][0].lines] == [
        "2局",
        "3局",
    ]


def test_an_action_leads_to_the_places_it_went_to(client, district_admin, visit):
    client.force_login(district_admin)

    line = client.get(address("actions")).context["tables"][0].lines[0]
    page = client.get(line.url)

    assert line.label == "冬访行动"
    assert page.context["asked"].action == visit.action
