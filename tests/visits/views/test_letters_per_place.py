"""Letters and their legal limits per place: exact where they are counted, else in steps."""

import csv
import io
import uuid
from datetime import date

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory, ActionFactory, PlaceFactory, VisitFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import letter_at, take
from visits.models import FiledReport, LetterClock
from visits.reports.asked import Asked, ByChild
from visits.reports.counting import Total, count
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import LETTERS
from visits.rules.letter_states import Step
from visits.rules.periods import Period, PeriodKind

pytestmark = pytest.mark.django_db
URL = reverse("visits:report_districts")
ROWS = reverse("visits:report_rows")
YEAR = {"period": "2025", "group": "letters"}
DAY = date(2025, 5, 6)


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def counts_all(world):
    """Reports on Xuzhou, and belongs to its petition office."""
    account = AccountFactory(
        unit=world.office, role=Role.DISTRICT_ADMIN, role__place=world.js.xuzhou,
        language="en",
    )  # fmt: skip
    account.grants.create(role=Role.PETITION_OFFICER, unit=world.office)
    return account


def letter(world, place, **clock):
    """Received in May 2025, with one clock that ended in June."""
    found = letter_at(place, office=world.office, by=world.clerk, received_on=DAY)
    ends_on = date(2025, 6, 10)
    LetterClock.objects.filter(letter=found).delete()
    if clock:
        LetterClock.objects.create(
            letter=found, started_on=DAY, legal_on=ends_on, safe_on=ends_on, **clock
        )
    return found


def test_each_figure_is_the_sum_of_its_rows_and_opens_its_letters(
    client_of, world, counts_all
):
    js = world.js
    letter(world, js.huancheng, clock="C1", stopped_on=date(2025, 6, 10))
    letter(world, js.huancheng, clock="C1", stopped_on=date(2025, 6, 11))
    letter(world, js.village, clock="C4")
    letter(world, js.xuzhou, clock="C8", stopped_on=date(2025, 6, 1))
    letter(world, js.gulou_nj, clock="C1")
    world.sealed(received_on=DAY)
    moved_on = take(world.at_unit(received_on=DAY), Step.ACCEPT, world.handler)
    moved_on.events.create(step=Step.EXTEND, on=date(2025, 8, 1), by=world.head)
    moved_on.clocks.all().delete()
    client = client_of(counts_all)

    [table] = client.get(URL, YEAR).context["tables"]

    # Received, routed, noticed, handled in time, extended, late, past and not done.
    gulou, tongshan, itself = (
        [cell.text for cell in line.cells] for line in table.lines
    )
    assert gulou == ["3", "1", "0", "0", "1", "1", "0"]
    assert tongshan == ["1", "0", "0", "0", "0", "0", "1"]
    assert itself == ["1", "0", "0", "1", "0", "0", "0"]
    assert [cell.text for cell in table.footers[0].cells] == list("5101111")
    routed = table.lines[0].cells[1]
    assert (routed.note, table.columns[1].label) == ("of 2", "Routed in time")
    asked = Asked(counts_all, date(2026, 1, 1), Period(PeriodKind.YEAR, 2025))
    below = ByChild.of(js.xuzhou)
    counts = count(asked, below, LETTERS.figures)
    for figure in LETTERS.figures:
        for key in (Total, None, js.gulou.pk, js.tongshan.pk):
            behind = rows_behind(asked, below, figure, key=key).rows
            assert counts.of(figure, key) == len(behind), figure.name
            assert all(row.what for row in behind)
    total = client.get(table.footers[0].cells[0].url).context
    assert [total["value"], len(total["rows"].rows)] == ["5", 5]
    assert client.get(routed.note_url).context["value"] == "2"


def test_they_leave_the_petition_office_in_steps_alone(
    client_of, world, counts_all, district_admin
):
    js = world.js
    for _number in range(5):
        letter(world, js.tangzhang, clock="C1")
    letter(world, js.huancheng)
    gone = PlaceFactory(
        code="320304", name="九里区", parent=js.xuzhou, valid_to=date(2020, 1, 1)
    )
    letter(world, gone)
    district_admin.language = "en"
    district_admin.save()
    client = client_of(district_admin)

    page = client.get(URL, YEAR)

    [table] = page.context["tables"]
    said = {line.label: [cell.text for cell in line.cells] for line in table.lines}
    # No row stands here because a single letter is about a place of the past.
    assert list(said) == ["鼓楼区", "铜山区", "徐州市 itself"]
    assert set(said["鼓楼区"]) == {"under 5"}
    assert [said["铜山区"][at] for at in (0, 1, 6)] == [
        "5 or more",
        "under 5",
        "5 or more",
    ]
    assert table.lines[1].cells[1].note == "of 5 or more"
    assert table.footers[0].cells[0].text == "5 or more"
    assert not any(cell.url or cell.note_url for it in table.lines for cell in it.cells)
    asked = YEAR | {"place": js.xuzhou.pk}
    for figure in LETTERS.figures:
        assert client.get(ROWS, asked | {"figure": figure.name}).status_code == 404

    # A file leaves it, whoever takes it; and a filed report is read by others.
    office = client_of(counts_all)
    [exact] = office.get(URL, YEAR).context["tables"]
    assert exact.lines[0].cells[0].text == "1"
    this_report = f"report=districts&period=2025&place={js.xuzhou.pk}"
    typed = {"purpose": "季度例会", "approver": counts_all.pk, "format": "csv"}
    sent = office.post(f"{reverse('visits:report_export')}?{this_report}", typed)
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    [heads] = [row for row in rows if "Letters received" in row]
    at = heads.index("Letters received")
    figures = [
        row[at:] for row in rows if row and row[0] in ("鼓楼区", "铜山区", "Total")
    ]
    assert {cell for row in figures for cell in row} == {"under 5", "5 or more"}
    office.post(
        f"{reverse('visits:report_file')}?{this_report}", {"client_key": uuid.uuid4()}
    )
    filed = FiledReport.objects.get().content["tables"][-1]
    assert {type(cell) for line in filed["lines"] for cell in line["cells"]} == {dict}


def test_no_unified_action_has_any(client_of, counts_all, js):
    action = ActionFactory(organiser=counts_all.unit)
    VisitFactory(held=True, places=[js.tangzhang], action=action)

    page = client_of(counts_all).get(URL, YEAR | {"action": action.reference})

    assert page.context["asked"].action == action
    names = [table.name for table in page.context["tables"]]
    assert names and "letters" not in names
