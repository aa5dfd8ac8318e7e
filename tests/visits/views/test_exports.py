"""Reports that leave the product: the page's figures, marked, logged, and harmless."""

import csv
import io
import uuid
from datetime import date

import pytest
from django.db import Error, transaction
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MatterFactory,
    TalkFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import letter_at
from visits.actions.change_paper_template import set_paper_template
from visits.models import Export, FiledReport, Letter, Notice
from visits.papers import make_templates
from visits.reports.export_approvers import approvers_for
from visits.reports.table import number
from visits.rules.papers import PaperKind

pytestmark = pytest.mark.django_db
PERIOD = "period=2025-Q4"
PURPOSE = "提交市委常委会"


@pytest.fixture
def admin(client, district_admin):
    """Signed in, and read in English."""
    district_admin.language = "en"
    district_admin.save()
    client.force_login(district_admin)
    return district_admin


@pytest.fixture
def visit(js, district_admin):
    made = VisitFactory(
        held=True,
        officials=[CadreFactory(name="=1+1", unit=district_admin.unit)],
        places=[js.tangzhang, js.huancheng],
        count=2,
        starts_at=at("2025-11-04 09:00"),
        hours=1,
    )
    TalkFactory(stop=made.stops.first(), audience=30, theme="@SUM(A1)")
    MatterFactory(stop=made.stops.first(), subject="+修桥", raised_on=date(2025, 11, 4))
    return made


def export(client, form, query=PERIOD, purpose=PURPOSE, approver=None):
    """As one's own approver, unless another is named."""
    url = f"{reverse('visits:report_export')}?{query}"
    key = approver.pk if approver else client.session["_auth_user_id"]
    typed = {"purpose": purpose, "approver": key, "format": form}
    return client.post(url, typed)


def sheets_of(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def table_of(rows):
    """The cells under each head, by the row's label: from a sheet, or a CSV."""
    head = next(i for i, row in enumerate(rows) if row[0] == "Unit of count") - 1
    return {row[0]: dict(zip(rows[head][2:], row[2:])) for row in rows[head + 2 :]}


@pytest.mark.parametrize("report", ["districts", "officials"])
def test_a_workbook_has_the_figures_of_the_page_and_the_rows_behind(
    client, admin, visit, report
):
    page = client.get(f"{reverse(f'visits:report_{report}')}?{PERIOD}&group=all")

    sheets = sheets_of(export(client, "xlsx", f"report={report}&{PERIOD}"))

    assert list(sheets) == ["Figures", "Rows", "Definitions"]
    table = table_of(sheets["Figures"])
    for part in page.context["tables"]:
        for line in [*part.lines, *part.footers]:
            for column, cell in zip(part.columns, line.cells):
                if not column.in_csv and cell.value is not None:
                    # A number in the file, and the one of the page.
                    assert number(table[line.label][str(column.label)]) == cell.text
    kinds = [row[0] for row in sheets["Rows"][2:]]
    assert kinds == [
        "Visits",
        "Policy talks",
        "On-the-spot matters decided",
        "Promises",
    ]
    first = sheets["Rows"][2]
    assert (first[1], first[5]) == (date(2025, 11, 4), visit.reference)
    talks = "Policy talks held on the visits. The total is the sum of the rows."
    assert talks in {row[2] for row in sheets["Definitions"][1:]}


def test_an_export_is_marked_and_logged_once_and_for_good(
    client, client_of, admin, visit, auditor
):
    response = export(client, "xlsx")

    logged = Export.objects.get()
    assert (logged.by, logged.purpose, logged.format) == (admin, PURPOSE, "xlsx")
    assert logged.rows > 4 and len(logged.sha256) == 64
    said = [cell for row in sheets_of(response)["Figures"] for cell in row]
    assert PURPOSE in said
    assert any(
        logged.printed_reference in str(cell) and admin.name in str(cell)
        for cell in said
    )
    assert logged.reference in response["Content-Disposition"]
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Export.objects.update(purpose="x")
    seen = client_of(auditor).get(reverse("visits:export_list"))
    assert [row["export"].pk for row in seen.context["rows"]] == [logged.pk]


@pytest.mark.parametrize("purpose", ["", "  ", "?"])
def test_nothing_leaves_without_a_purpose(client, admin, visit, purpose):
    assert export(client, "csv", purpose=purpose).status_code == 422
    assert not Export.objects.exists()
    assert client.get(reverse("visits:report_export")).status_code == 200


def test_who_lets_it_out_is_named_logged_printed_and_told(
    client, client_of, reader, visit, district_admin
):
    client.force_login(reader)

    response = export(client, "csv", approver=district_admin)

    logged = Export.objects.get()
    assert (logged.by, logged.approver) == (reader, district_admin)
    assert f"批准人：{district_admin.name}" in response.content.decode()
    notice = Notice.objects.get()
    assert (notice.account, notice.kind) == (district_admin, "export_let")
    seen = client_of(district_admin).get(notice.get_absolute_url())
    assert [row["export"].by for row in seen.context["rows"]] == [reader]


def test_heads_and_directors_let_out_their_own_and_nobody_else_does(
    js, reader, leader, liaison, district_admin, county_admin, province_admin
):
    head = AccountFactory(unit=leader.unit, role=Role.UNIT_HEAD, role__unit=leader.unit)

    def may(account):
        return set(approvers_for(account))

    above = {district_admin, province_admin}
    assert may(district_admin) == above | {head}
    assert approvers_for(district_admin)[0] == district_admin
    assert may(head) == above | {head}
    assert may(leader) == above | {head, leader}
    # Who acts for an official may name the official; a reader, who directs the place.
    assert may(liaison) == above | {head, leader}
    assert may(reader) == above
    assert may(county_admin) == above | {county_admin}


def test_nothing_leaves_with_an_approver_who_may_not(
    client, reader, visit, county_admin
):
    client.force_login(reader)

    for approver in (reader, county_admin):
        assert export(client, "csv", approver=approver).status_code == 422
    assert not Export.objects.exists()


def test_nobody_exports_what_they_may_not_read(
    client_of, js, leader, reader, county_admin
):
    for account, query, status in (
        (leader, "report=districts", 403),
        (reader, "report=officials", 403),
        (county_admin, f"place={js.xuzhou.pk}", 404),
        (leader, f"report=officials&official={CadreFactory().pk}", 404),
    ):
        assert export(client_of(account), "csv", query).status_code == status
    assert not Export.objects.exists()


def test_a_report_reader_gets_figures_without_rows(
    client, reader, visit, district_admin
):
    client.force_login(reader)

    sheets = sheets_of(export(client, "xlsx", approver=district_admin))

    assert len(sheets) == 2
    assert visit.reference not in str(sheets)


def test_the_csv_says_what_it_is_and_runs_no_formula(client, admin, visit):
    response = export(client, "csv", f"report=officials&{PERIOD}")

    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert table_of([row or [""] for row in rows])["'=1+1"]["Visits"] == "1"
    assert ["Purpose", PURPOSE] in rows


def test_no_text_is_a_formula_in_a_workbook(client, admin, visit):
    sheets = sheets_of(export(client, "xlsx", f"report=officials&{PERIOD}"))

    cells = {cell for rows in sheets.values() for row in rows for cell in row}
    assert {"=1+1", "@SUM(A1)", "+修桥"} <= cells


def test_what_comes_of_a_sealed_letter_is_in_no_export(client, admin, visit):
    stop = visit.stops.first()
    letter = letter_at(visit.stops.first().place)
    Letter.objects.filter(pk=letter.pk).update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )
    MatterFactory(
        stop=stop, letter=letter, subject="保密事项", raised_on=date(2025, 11, 4)
    )

    sheets = sheets_of(export(client, "xlsx"))

    assert "保密事项" not in str(sheets)
    assert table_of(sheets["Figures"])["Total"]["On-the-spot matters decided"] == 1


@pytest.mark.parametrize("own", [False, True])
def test_a_word_document_has_the_tables_on_the_offices_paper(client, admin, visit, own):
    if own:
        data = io.BytesIO()
        lines = [
            ("Paper Head", "徐州专用纸"),
            ("Paper Text", "{{ 报表内容 }}"),
            ("Paper Text", "尾注"),
        ]
        make_templates.make(lines, "").save(data)
        set_paper_template(
            by=admin, unit=admin.unit, kind=PaperKind.REPORT, data=data.getvalue(), now=at("2026-01-01 09:00")
        )  # fmt: skip

    document = Document(io.BytesIO(export(client, "docx").content))

    texts = [paragraph.text for paragraph in document.paragraphs]
    assert ("徐州专用纸" in texts) == own
    assert ("尾注" in texts) == own
    # Whatever the template leaves out.
    said = "\n".join(texts)
    assert PURPOSE in said
    assert Export.objects.get().printed_reference in said
    first = document.tables[0]
    heads = [cell.text for cell in first.rows[0].cells]
    total = next(row for row in first.rows if row.cells[0].text == "Total")
    assert total.cells[heads.index("Visits (visits)")].text == "1"


def test_a_filed_report_is_exported_as_filed_and_printed_with_its_mark(
    client, admin, visit
):
    key = uuid.uuid4()
    client.post(f"{reverse('visits:report_file')}?{PERIOD}", {"client_key": key})
    filed = FiledReport.objects.get()
    visit.stops.first().talks.update(audience=45)

    sheets = sheets_of(export(client, "xlsx", f"filed={filed.reference}"))
    page = export(client, "print", f"filed={filed.reference}")

    assert list(sheets) == ["Figures", "Definitions"]
    assert table_of(sheets["Figures"])["Total"]["Audience (estimate)"] == 30
    last = Export.objects.latest("pk")
    assert last.printed_reference in page.content.decode()
    assert (last.filed, last.sha256) == (filed, "")


def test_too_many_rows_are_refused_with_a_way_out(client, admin, visit, monkeypatch):
    monkeypatch.setattr("visits.reports.report_paper.MOST_ROWS", 1)

    response = export(client, "xlsx")

    assert response.status_code == 422
    assert "shorter period" in response.content.decode()
    assert not Export.objects.exists()
    assert export(client, "csv").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_of_exports_costs_the_same_for_any_number(
    client, client_of, admin, auditor, visit, count, django_assert_max_num_queries
):
    for _i in range(count):
        export(client, "csv")
    other = client_of(auditor)

    with django_assert_max_num_queries(7):
        page = other.get(reverse("visits:export_list"))

    assert len(page.context["rows"]) == count
