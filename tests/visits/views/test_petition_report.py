"""The yearly report of a petition office: exact at home, in steps wherever it goes."""

import csv
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from python_calamine import CalamineWorkbook

from cadres.rules.roles import Role
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.people import AccountFactory
from visits.models import ContentSubject, FiledReport, LetterClock
from visits.reports.petition_report import ALL, BREAKDOWNS
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
URL = reverse("visits:report_petition")
ROWS = reverse("visits:report_letter_rows")
EXPORT, FILE = reverse("visits:report_export"), reverse("visits:report_file")


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def year(world):
    """Six letters of this year on their way, and three that do not count."""
    water = ContentSubject.objects.create(name="试验用水")
    head, petition = world.head, world.petition
    for _number in range(2):
        world.letter(subject=water)
    urged = take(world.at_unit(), Step.URGE, petition, reasons="催办")
    take(urged, Step.ACCEPT, world.handler)
    assigned = take(world.letter(), Step.ASSIGN, petition, to_unit=world.water)
    take(assigned, Step.URGE, petition, reasons="催办")
    suggestion = world.at_unit(category="suggestion")
    suggestion = take(suggestion, Step.ACCEPT, world.handler, route="study")
    suggestion = take(suggestion, Step.INQUIRE, world.handler)
    take(
        suggestion,
        Step.REPLY,
        head,
        adopted="adopted",
        reasons="采纳",
        delivered_how="post",
    )
    proposed = take(world.letter(), Step.PROPOSE, petition, proposal="请协调")
    take(proposed, Step.DECIDE, petition, to_unit=world.water, decision="转办")
    world.sealed()
    letter_at(world.js.gulou_nj, office=petition_office(world.js.nanjing))
    letter_at(world.place, office=petition_office(world.js.gulou, name="鼓楼区信访局"))
    # The day by which the organ reports back; other limits may end in the next year.
    today = timezone.localdate()
    LetterClock.objects.filter(clock="C6").update(legal_on=today, safe_on=today)
    return str(today.year)


def figures(page):
    return {
        row.key: row.cells[0]
        for table in page.context["tables"]
        for row in table["sheet"].lines
    }


def test_each_figure_is_of_its_own_letters_and_opens_them(
    client_of, world, year, django_assert_max_num_queries
):
    client = client_of(world.petition)

    with django_assert_max_num_queries(24):
        page = client.get(URL, {"period": year})

    found = figures(page)
    limits = tuple(f"_C{n}" for n in (1, 3, 4, 7, 8))
    assert {
        name: n
        for name, n in found.items()
        if n and name in ALL and not name.endswith(limits)
    } == {
        "received": 6, "by_letter": 6, "as_request": 5, "as_suggestion": 1,
        "step_accept": 2, "step_forward": 2, "step_assign": 1, "due_C6": 1,
        "open_C6": 1, "step_urge": 2, "urged_moved": 1,
        "step_propose": 1, "proposed_decided": 1, "step_reply": 1, "is_adopted": 1,
    }  # fmt: skip
    subject, place, unit = (
        {key: n for key, n in found.items() if key.startswith(f"{it.name}-")}
        for it in BREAKDOWNS
    )
    assert [*subject.values(), *place.values(), *unit.values()] == [2, 6, 4]
    asked = {"period": year, "office": world.office.pk}
    for name in ("step_urge", "urged_moved", "received"):
        rows = client.get(ROWS, asked | {"figure": name})
        assert len(rows.context["rows"]) == found[name]
    assert URL in rows.context["back"]
    for key, number in (subject | place | unit).items():
        part, _dash, pk = key.partition("-")
        of_part = asked | {"figure": "received", "part": part, "key": pk}
        assert len(client.get(ROWS, of_part).context["rows"]) == number
    for broken in ({"part": "x", "key": "1"}, {"part": "unit", "key": "x"}):
        answer = client.get(ROWS, asked | {"figure": "received"} | broken)
        assert answer.status_code == 404


def test_a_file_has_it_in_steps_whoever_takes_it(client_of, world, year):
    boss = AccountFactory(
        unit=world.office, role=Role.UNIT_HEAD, role__unit=world.office, language="en"
    )
    boss.grants.create(role=Role.PETITION_OFFICER, unit=world.office)
    client = client_of(boss)
    page = client.get(URL, {"period": year})
    address = f"{EXPORT}?{page.context['this_report']}"
    typed = {"purpose": "年度报告", "approver": boss.pk}

    sent = {
        form: client.post(address, typed | {"format": form}).content
        for form in ("csv", "xlsx", "docx", "print")
    }

    rows = list(csv.reader(io.StringIO(sent["csv"].decode("utf-8-sig"))))
    said = {row[0]: row[2:] for row in rows if row}
    assert said["Received"] == ["5 or more", "under 5"]
    assert said["Phone call"] == ["under 5", "under 5"]
    assert said["Urge"] == ["under 5", "under 5"]
    # A field with two letters is not named; a place with six is.
    assert world.js.gulou.path in said
    assert not {"江苏", world.water.name} & said.keys()
    book = CalamineWorkbook.from_filelike(io.BytesIO(sent["xlsx"]))
    assert book.sheet_names == ["Figures", "Definitions"]
    cells = [
        cell for row in book.get_sheet_by_name("Figures").to_python() for cell in row
    ]
    assert not any(isinstance(cell, float | int) for cell in cells)
    documented = Document(io.BytesIO(sent["docx"]))
    assert len(documented.tables) == len(page.context["tables"])
    assert "5 or more" in sent["print"].decode()

    client.post(f"{FILE}?{page.context['this_report']}", {"client_key": uuid.uuid4()})
    filed = FiledReport.objects.get()
    kept = client.get(filed.get_absolute_url()).context["tables"]
    assert next(line.cells[0] for table in kept for line in table.lines) == 6
    world.letter()
    [more, *_rest] = client.get(
        reverse("visits:filed_compare", args=[filed.reference])
    ).context["differences"]
    assert (more.row, more.then, more.now) == ("Received", "6", "7")
    out = client.post(f"{EXPORT}?filed={filed.reference}", typed | {"format": "csv"})
    assert "Received,,5 or more,under 5" in out.content.decode("utf-8-sig")


def test_it_is_the_petition_offices_alone(
    client_of, world, year, reader, district_admin
):
    other = officer(petition_office(world.js.nanjing, name="另一信访局"))
    client_of(world.petition).post(
        f"{FILE}?report=petition&period={year}", {"client_key": uuid.uuid4()}
    )
    filed = FiledReport.objects.get().get_absolute_url()

    assert client_of(officer(world.office)).get(filed).status_code == 200
    for stranger, seen in ((other, 404), (reader, 403), (district_admin, 403)):
        client = client_of(stranger)
        assert client.get(filed).status_code == 404
        assert client.get(URL, {"office": world.office.pk}).status_code == seen
        asked = f"report=petition&period={year}&office={world.office.pk}"
        assert client.get(f"{EXPORT}?{asked}").status_code == seen
        rows = client.get(ROWS, {"figure": "received", "office": world.office.pk})
        assert rows.status_code == 404
    for office in ("x", "0", "", str(world.water.pk)):
        client = client_of(world.petition)
        assert client.get(URL, {"office": office}).status_code == 404
    assert figures(client_of(other).get(URL))["received"] == 0
