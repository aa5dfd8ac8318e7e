"""Letters in figures, filed and exported: what the page says, and never more."""

import csv
import io
import uuid

import pytest
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer, petition_office
from tests.factories.people import RoleGrantFactory
from visits.models import ContentSubject, Export, FiledReport
from visits.reports.letter_sheets import SUBJECT, full_label

pytestmark = pytest.mark.django_db
URL = reverse("visits:report_caseload")
ROWS = reverse("visits:report_letter_rows")
EXPORT, FILE = reverse("visits:report_export"), reverse("visits:report_file")
STEPS = {"under 5", "5 or more"}


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def year(world):
    """Seven letters, six of them about one subject; one more is sealed."""
    water = ContentSubject.objects.create(name="试验用水")
    roads = ContentSubject.objects.create(name="试验道路")
    for subject in [water] * 6 + [roads]:
        world.letter(subject=subject)
    world.sealed()
    return str(world.now.year)


def admin(world, **more):
    return AccountFactory(
        role=Role.DISTRICT_ADMIN, role__place=world.js.xuzhou, language="en", **more
    )


@pytest.fixture
def boss(world):
    """Head of the petition office, and works there."""
    account = AccountFactory(
        unit=world.office, role=Role.UNIT_HEAD, role__unit=world.office, language="en"
    )
    account.grants.create(role=Role.PETITION_OFFICER, unit=world.office)
    return account


def file(client, this_report):
    key = uuid.uuid4()
    client.post(f"{FILE}?{this_report}", {"client_key": key})
    return FiledReport.objects.get(client_key=key)


def taken(client, account, this_report, form):
    typed = {"purpose": "季度例会", "approver": account.pk, "format": form}
    return client.post(f"{EXPORT}?{this_report}", typed).content


def csv_rows(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return rows[rows.index([]) + 3 :]


def on_page(context):
    """By its label in a file, what the page tells of each figure, month, subject."""
    report, months = context["report"], context["months"]
    found = {
        full_label(line.figure): [str(count) for count in line.counts]
        for _group, lines in report.tables
        for line in lines
    }
    found |= {
        month.name: [
            str(it) for cell in cells for it in (cell.due, cell.kept, cell.late)
        ]
        for month, cells in months.lines
    }
    return found | {name: [str(count)] for _pk, name, count in report.subjects}


def test_of_a_place_each_file_is_what_its_page_says_in_steps(
    client_of, world, year, boss, county_admin
):
    reader = admin(world)
    client = client_of(reader)

    page = client.get(URL, {"place": world.js.xuzhou.pk, "period": year})

    borders = [it["label"] for it in page.context["borders"]]
    assert borders == ["as on the day of receipt", "as they are today"]
    this_report = page.context["this_report"]
    assert f"{EXPORT}?{this_report.replace('&', '&amp;')}" in page.content.decode()
    told = on_page(page.context)
    assert told["Received"][0] == told["试验用水"][0] == "5 or more"
    assert "试验道路" not in told
    filed = file(client, this_report)
    rows = csv_rows(taken(client, reader, this_report, "csv"))
    said = {row[0]: row[2:] for row in rows if len(row) > 2}
    assert set(said) - set(told) == {"In time, by month"}
    assert {it: said[it] for it in told} == told
    again = taken(client, reader, f"filed={filed.reference}", "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(again))
    assert book.sheet_names == ["Figures", "Definitions"]
    cells = book.get_sheet_by_name("Figures").to_python()
    filled = [[cell for cell in row[2:] if cell != ""] for row in cells]
    named = {row[0]: it for row, it in zip(cells, filled, strict=True)}
    assert {it: named[it] for it in told} == told
    document = Document(io.BytesIO(taken(client, reader, this_report, "docx")))
    [[head, *_heads], *lines] = [
        [cell.text for cell in row.cells] for row in document.tables[0].rows
    ]
    assert head == "Figure" and lines[0] == ["Received", *told["Received"]]
    assert "试验用水" in taken(client, reader, this_report, "print").decode()
    # It is for all who report there; of no visit, and exact for nobody.
    assert filed.open_from is None
    tables = client_of(admin(world)).get(filed.get_absolute_url()).context["tables"]
    assert {cell for it in tables for line in it.lines for cell in line.cells} == STEPS
    assert client_of(county_admin).get(filed.get_absolute_url()).status_code == 404
    compare = reverse("visits:filed_compare", args=[filed.reference])
    assert client.get(compare).context["differences"] == []
    boss.grants.create(role=Role.DISTRICT_ADMIN, place=world.js.xuzhou)
    exact = client_of(boss)
    asked = {"place": world.js.xuzhou.pk, "period": year, "borders": "now"}
    page = exact.get(URL, asked)
    assert on_page(page.context)["Received"][0] == "7"
    kept = file(exact, page.context["this_report"])
    assert (kept.boundaries, str(kept.borders)) == ("now", "as they are today")
    shown = exact.get(kept.get_absolute_url()).context["tables"]
    assert {cell for it in shown for line in it.lines for cell in line.cells} == STEPS


def test_of_an_office_it_is_exact_at_home_and_in_steps_wherever_it_goes(
    client_of, world, year, boss
):
    client = client_of(boss)

    page = client.get(URL, {"period": year})

    told, this_report = on_page(page.context), page.context["this_report"]
    assert (told["Received"][0], told["试验道路"]) == ("7", ["1"])
    filed = file(client, this_report)
    tables = client.get(filed.get_absolute_url()).context["tables"]
    kept = {
        line.label: [str(cell) for cell in line.cells]
        for it in tables
        for line in it.lines
    }
    assert kept == told
    world.letter()
    compare = reverse("visits:filed_compare", args=[filed.reference])
    [more, *_rest] = client.get(compare).context["differences"]
    assert (more.row, more.then, more.now) == ("Received", "7", "8")
    for asked in (this_report, f"filed={filed.reference}"):
        rows = csv_rows(taken(client, boss, asked, "csv"))
        said = {row[0]: row[2:] for row in rows if len(row) > 2}
        assert said["Received"][0] == said["试验用水"][0] == "5 or more"
        assert "试验道路" not in said
        cells = {cell for row in said.values() for cell in row}
        assert not any(cell.isdecimal() for cell in cells)
    book = taken(client, boss, this_report, "xlsx")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
    assert sheets == ["Figures", "Definitions"]
    assert set(Export.objects.values_list("kind", flat=True)) == {"caseload"}
    assert not any(SUBJECT in key for key in kept)
    address = filed.get_absolute_url()
    assert client_of(officer(world.office)).get(address).status_code == 200
    stranger = officer(petition_office(world.js.nanjing, name="另一信访局"))
    for account in (admin(world), stranger):
        assert client_of(account).get(address).status_code == 404
        asked = f"report=caseload&office={world.office.pk}"
        assert client_of(account).get(f"{EXPORT}?{asked}").status_code in (403, 404)
        assert client_of(account).get(f"{FILE}?{asked}").status_code in (403, 404)


def test_who_routes_for_several_offices_files_one_of_them(client_of, world, year):
    other = petition_office(world.js.nanjing, name="另一信访局")
    both = officer(world.office, language="en")
    RoleGrantFactory(account=both, role=Role.PETITION_OFFICER, unit=other)
    client = client_of(both)

    page = client.get(URL, {"period": year})

    assert "this_report" not in page.context
    assert FILE not in page.content.decode()
    [_all, *offices] = page.context["choices"]
    assert {name for name, _url, _is in offices} == {str(world.office), other.name}
    one = {name: url for name, url, _is in offices}[other.name]
    page = client.get(f"{URL}{one}")
    assert on_page(page.context)["Received"][0] == "0"
    assert page.context["this_report"].endswith(f"report=caseload&office={other.pk}")
    asked = {"office": world.office.pk, "period": year, "figure": "received"}
    rows = client.get(ROWS, asked | {"report": "caseload"}).context
    assert len(rows["rows"]) == 7
    assert rows["back"] == f"{URL}?period={year}&office={world.office.pk}"
    assert reverse("visits:report_petition") in client.get(ROWS, asked).context["back"]
