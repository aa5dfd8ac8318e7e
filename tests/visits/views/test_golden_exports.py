"""A small world counted by hand, read back cell by cell from each kind of file."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import date

import pytest
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from tests.factories import (
    CadreFactory,
    FindingFactory,
    InvestigationFactory,
    MatterFactory,
    QuestionFactory,
    ReceptionFactory,
    TalkFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import letter_at
from visits.models import Letter

pytestmark = pytest.mark.django_db
PURPOSE = "季度例会"


@pytest.fixture
def zhang(district_admin):
    return CadreFactory(name="张一", unit=district_admin.unit)


@pytest.fixture
def joint(js, client, district_admin, zhang):
    """The last quarter of 2025 in Xuzhou, and a client to ask for it, in English.

    On 4 November 张一 and =李二 are in a township of Tongshan, where they give a talk to
    30 people, promise an answer, settle a matter and decide one that is sealed, and in one of Gulou, where
    7 people in 2 groups come with 4 matters. On the afternoon of the next day 张一 is
    in Tongshan alone and finds something. In August =李二 was in Gulou.
    """
    district_admin.language = "en"
    district_admin.save()
    client.force_login(district_admin)
    li = CadreFactory(name="=李二", unit=district_admin.unit)
    joint = VisitFactory(
        held=True,
        officials=[zhang, li],
        places=[js.tangzhang, js.huancheng],
        places__activities=["publicity", "reception"],
        purpose="冬季走访",
        starts_at=at("2025-11-04 09:00"),
        hours=1,
        count=2,
        escorts_county=3,
        materials=["汇报材料"],
        is_contact_point=True,
    )
    tongshan, gulou = joint.stops.order_by("position")
    talk = TalkFactory(stop=tongshan, audience=30, theme="+土地政策")
    QuestionFactory(talk=talk, promised=True)
    ReceptionFactory(stop=gulou, groups=2, person_visits=7, matters=4)
    raised_on = date(2025, 11, 4)
    MatterFactory(stop=tongshan, subject="修桥", raised_on=raised_on)
    sealed = letter_at(js.tangzhang)
    Letter.objects.update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )
    MatterFactory(stop=tongshan, letter=sealed, subject="密", raised_on=raised_on)
    alone = VisitFactory(
        held=True,
        officials=[zhang],
        places=[js.tangzhang],
        purpose="查灌溉",
        starts_at=at("2025-11-05 14:00"),
        hours=3,
    )
    FindingFactory(
        stop=alone.stops.get(),
        investigation=InvestigationFactory(leader=zhang, topic="@灌溉"),
    )
    VisitFactory(
        held=True,
        officials=[li],
        places=[js.huancheng],
        starts_at=at("2025-08-12 09:00"),
    )
    return joint


def export(client, form, report):
    url = f"{reverse('visits:report_export')}?report={report}&period=2025-Q4"
    key = client.session["_auth_user_id"]
    typed = {"purpose": PURPOSE, "approver": key, "format": form}
    return client.post(url, typed).content


MONDAY = date(2025, 11, 3)
# Column, unit of count, and: Gulou, Tongshan, the city itself, total, quarter before,
# quarter of the year before.
# A joint visit is one visit in the total, and one in each of the two counties.
DISTRICTS = [
    ("Visits", "visits", 1, 2, 0, 2, 1, 0),
    ("Of which not yet confirmed", "visits", 1, 2, 0, 2, 1, 0),
    ("Policy publicity", "visits", 1, 1, 0, 1, 0, 0),
    ("Investigation and study", "visits", 0, 1, 0, 1, 1, 0),
    ("Letters and visits reception", "visits", 1, 1, 0, 1, 0, 0),
    ("On-the-spot work", "visits", 0, 0, 0, 0, 0, 0),
    ("Place-visits", "place-visits", 1, 2, 0, 3, 1, 0),
    ("Official-visits", "official-visits", 2, 3, 0, 3, 1, 0),
    ("Dates", "days", 1, 2, 0, 2, 1, 0),
    ("Busiest week", "visits", 1, 2, None, 2, None, None),
    ("Monday of the busiest week", "date", MONDAY, MONDAY, None, MONDAY, None, None),
    ("Escorts", "people", 3, 3, 0, 3, 0, 0),
    ("Materials requested", "papers", 1, 1, 0, 1, 0, 0),
    ("Townships long unvisited", "places", 1, 1, 0, 2, None, None),
    ("Townships here", "places", 2, 2, 0, 4, None, None),
    ("Days since a visit", "days", 57, 56, None, None, None, None),
    ("Policy talks", "talks", 0, 1, 0, 1, 0, 0),
    ("Audience (estimate)", "people", 0, 30, 0, 30, 0, 0),
    ("Questions asked", "questions", 0, 1, 0, 1, 0, 0),
    ("Questions answered", "questions", 0, 0, 0, 0, 0, 0),
    ("Open questions", "questions", 0, 1, 0, 1, 0, 0),
    ("Turned into letters or matters", "questions", 0, 0, 0, 0, 0, 0),
    ("Findings", "findings", 0, 1, 0, 1, 0, 0),
    ("Problems found", "problems", 0, 0, 0, 0, 0, 0),
    ("Problems passed upward", "problems", 0, 0, 0, 0, 0, 0),
    ("Answered from above", "problems", 0, 0, 0, 0, 0, 0),
    ("Findings put to use", "findings", 0, 0, 0, 0, 0, 0),
    ("Reception sessions", "sessions", 1, 0, 0, 1, 0, 0),
    ("Groups", "groups", 2, 0, 0, 2, 0, 0),
    ("Person-visits", "person-visits", 7, 0, 0, 7, 0, 0),
    ("Matters received", "matters", 4, 0, 0, 4, 0, 0),
    ("On-the-spot matters decided", "matters", 0, 1, 0, 1, 0, 0),
    ("Settled at once", "matters", 0, 1, 0, 1, 0, 0),
    ("Assigned", "matters", 0, 0, 0, 0, 0, 0),
    ("Matters under way", "matters", 0, 0, 0, 0, 0, 0),
    ("Overdue today", "matters", 0, 0, 0, 0, 0, 0),
    ("Done in time", "matters", 0, 0, 0, 0, 0, 0),
    ("Done late", "matters", 0, 0, 0, 0, 0, 0),
    ("Matters ever reopened", "matters", 0, 0, 0, 0, 0, 0),
    ("Promises", "matters", 0, 1, 0, 1, 0, 0),
    ("Kept", "matters", 0, 0, 0, 0, 0, 0),
    ("Said to be done", "matters", 0, 1, 0, 1, 0, 0),
    ("Open, in time", "matters", 0, 0, 0, 0, 0, 0),
    ("Late", "matters", 0, 0, 0, 0, 0, 0),
    ("Broken", "matters", 0, 0, 0, 0, 0, 0),
    ("Ever reopened", "matters", 0, 0, 0, 0, 0, 0),
    *(
        (label, unit, *["under 5"] * 6)
        for label, unit in (
            ("Letters received", "letters"),
            ("Routed: limits over", "limits"),
            ("Routed in time", "limits"),
            ("Notice given: limits over", "limits"),
            ("Notice given in time", "limits"),
            ("Handled: limits over", "limits"),
            ("Handled in time", "limits"),
            ("Extended", "letters"),
            ("Done after the limit", "limits"),
            ("Past and not done", "limits"),
        )
    ),
]
# Column, unit of count, and: =李二, 张一. Half-days are counted once; a promise is of
# the one who decided.
OFFICIALS = [
    ("Visits", "visits", 1, 2),
    ("Of which not yet confirmed", "visits", 1, 2),
    ("Days at the grassroots", "days", 0.5, 1),
    ("Counties", "places", 2, 2),
    ("Townships", "places", 2, 2),
    ("To contact points", "visits", 1, 1),
    ("Policy talks", "talks", 1, 1),
    ("Audience (estimate)", "people", 30, 30),
    ("Questions asked", "questions", 1, 1),
    ("Questions answered", "questions", 0, 0),
    ("Open questions", "questions", 1, 1),
    ("Turned into letters or matters", "questions", 0, 0),
    ("Topics led", "topics", 0, 1),
    ("Study days", "days", 0, 0.5),
    ("Findings", "findings", 0, 1),
    ("Problems found", "problems", 0, 0),
    ("Problems passed upward", "problems", 0, 0),
    ("Answered from above", "problems", 0, 0),
    ("Findings put to use", "findings", 0, 0),
    ("Reception sessions", "sessions", 1, 1),
    ("Groups", "groups", 2, 2),
    ("Person-visits", "person-visits", 7, 7),
    ("Matters received", "matters", 4, 4),
    ("Leader-held matters, new", "matters", 0, 0),
    ("Leader-held matters, closed", "matters", 0, 0),
    ("On-the-spot matters decided", "matters", 1, 1),
    ("Settled at once", "matters", 1, 1),
    ("Assigned", "matters", 0, 0),
    ("Matters under way", "matters", 0, 0),
    ("Overdue today", "matters", 0, 0),
    ("Done in time", "matters", 0, 0),
    ("Done late", "matters", 0, 0),
    ("Matters ever reopened", "matters", 0, 0),
    ("Promises", "matters", 0, 1),
    ("Kept", "matters", 0, 0),
    ("Said to be done", "matters", 0, 1),
    ("Open, in time", "matters", 0, 0),
    ("Late", "matters", 0, 0),
    ("Broken", "matters", 0, 0),
    ("Ever reopened", "matters", 0, 0),
]
GULOU = "江苏 / 徐州 / 鼓楼区 / 环城街道"
TONGSHAN = "江苏 / 徐州 / 铜山区 / 棠张镇"
BOTH, FIRST, SECOND = "=李二, 张一", date(2025, 11, 4), date(2025, 11, 5)
# Newest first for each figure; nothing of the sealed letter.
ROWS = [
    ("Visits", SECOND, TONGSHAN, "查灌溉", "张一"),
    ("Visits", FIRST, f"{GULOU}, {TONGSHAN}", "冬季走访", BOTH),
    ("Policy talks", FIRST, TONGSHAN, "+土地政策", BOTH),
    ("Findings", SECOND, TONGSHAN, "@灌溉", "张一"),
    ("Reception sessions", FIRST, GULOU, "冬季走访", BOTH),
    ("On-the-spot matters decided", FIRST, TONGSHAN, "修桥", BOTH),
    ("Promises", FIRST, TONGSHAN, "修桥", BOTH),
]
EXPECTED = {"districts": DISTRICTS, "officials": OFFICIALS}
NAMES = {
    "districts": (
        "鼓楼区", "铜山区", "徐州市 itself", "Total", "Before: Quarter 3 of 2025",
        "Last year: Quarter 4 of 2024",
    ),
    "officials": ("=李二", "张一"),
}  # fmt: skip


def columns(rows, first):
    """What stands below each head, from the row of the heads on."""
    return list(zip(*(row[first:] for row in rows), strict=True))


def written(value):
    return "" if value is None else str(value)


@pytest.mark.parametrize("report", ["districts", "officials"])
def test_a_workbook_cell_by_cell(client, joint, report):
    data = export(client, "xlsx", report)

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["Figures", "Rows", "Definitions"]
    figures = book.get_sheet_by_name("Figures").to_python()
    head = next(i for i, row in enumerate(figures) if row[0] == "Unit of count") - 1
    assert tuple(row[0] for row in figures[head + 2 :]) == NAMES[report]
    # A number is a number and a day is a day: a text would be equal to neither.
    empty_is_none = [
        tuple(None if cell == "" else cell for cell in column)
        for column in columns(figures[head:], 2)
    ]
    assert empty_is_none == EXPECTED[report]
    rows = book.get_sheet_by_name("Rows").to_python()
    assert rows[1] == ["Figure", "Date", "Place", "What", "Officials", "Visit"]
    assert [tuple(row[:5]) for row in rows[2:]] == ROWS
    assert [row[5] for row in rows[2:]].count(joint.reference) == 5
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2)]
    # Heads stay in sight; nothing is a formula; what is filtered are the rows.
    panes = [re.search(r'<pane[^>]*ySplit="(\d+)"[^>]*"frozen"', it) for it in sheets]
    assert [int(pane.group(1)) for pane in panes if pane] == [head + 2, 2]
    assert not any("<f>" in sheet for sheet in sheets)
    assert '<autoFilter ref="A2:F9"/>' in sheets[1]


@pytest.mark.parametrize("report", ["districts", "officials"])
def test_a_csv_file_cell_by_cell(client, joint, report):
    data = export(client, "csv", report)

    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    head = rows.index([]) + 1
    assert ["Purpose", PURPOSE] in rows[:head]
    names = tuple(row[0] for row in rows[head + 2 :])
    # What would run as a formula is a text that begins with an apostrophe.
    assert names == tuple(f"'{it}" if it[0] == "=" else it for it in NAMES[report])
    assert columns(rows[head:], 2) == [
        tuple(written(cell) for cell in column) for column in EXPECTED[report]
    ]


@pytest.mark.parametrize("report", ["districts", "officials"])
def test_a_word_document_cell_by_cell(client, joint, report):
    document = Document(io.BytesIO(export(client, "docx", report)))

    found = []
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        names = [row[0].split(" (")[0] for row in rows[1:]]
        assert tuple(names) == NAMES[report]
        found += columns(rows, 1)
        # Its head stands on each page.
        assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert found == [
        (f"{label} ({unit})", *(written(cell) for cell in cells))
        for label, unit, *cells in EXPECTED[report]
    ]
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert PURPOSE in said and "approved by" in said


def converted(data, kind, wanted, folder):
    file = folder / f"report.{kind}"
    file.write_bytes(data)
    subprocess.run(
        [
            shutil.which("soffice"),
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            wanted,
            "--outdir",
            folder,
            file,
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / f"report.{wanted.split(':')[0]}").read_bytes()


needs_libreoffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="needs LibreOffice"
)
UTF8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"


@pytest.mark.long
@needs_libreoffice
def test_libreoffice_reads_the_workbook_as_it_was_meant(client, joint, tmp_path):
    data = export(client, "xlsx", "districts")

    text = converted(data, "xlsx", UTF8, tmp_path).decode("utf-8-sig")

    rows = {row[0]: row[2:] for row in csv.reader(io.StringIO(text)) if row}
    gulou = [written(column[2]) for column in DISTRICTS]
    assert rows["鼓楼区"] == gulou
