"""Reports whose rows are several places together: the provinces, or what one has."""

import csv
import io
import uuid

import pytest
from django.db import Error, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from docx import Document
from python_calamine import CalamineWorkbook

from cadres.models import Setting
from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory, at
from tests.factories.people import RoleGrantFactory
from tests.factories.places import PlaceFactory
from visits.actions.fold_rollup import fold_rollup
from visits.models import Export, ExportJob, FiledReport, FiledReportPlace
from visits.reports.asked import Asked, ByChild
from visits.reports.counting import Total
from visits.reports.district_report import district_report
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import LETTERS, OF_DISTRICTS, figures_of
from visits.rules.periods import Period, PeriodKind
from visits.tasks import make

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year - 1  # over, so that the day does not matter
PAGE, ROWS = reverse("visits:report_districts"), reverse("visits:report_rows")
EXPORT, FILE = reverse("visits:report_export"), reverse("visits:report_file")
COUNTRY = f"report=districts&period={YEAR}&place=0"


@pytest.fixture
def shandong(js):
    province = PlaceFactory(code="37", name="山东省", short_name="山东")
    return PlaceFactory(code="3704", name="枣庄市", short_name="枣庄", parent=province)


def admin(*places, role=Role.DISTRICT_ADMIN, **more):
    account = AccountFactory(role=role, role__place=places[0], language="en", **more)
    for place in places[1:]:
        RoleGrantFactory(account=account, role=role, place=place)
    return account


@pytest.fixture
def nation(js, shandong):
    return admin(js.js, shandong.province)


@pytest.fixture
def visits(js, shandong):
    """Three in Jiangsu, one of them in Shandong, too."""
    return [
        VisitFactory(held=True, places=places, starts_at=at(f"{YEAR}-05-04 09:00"))
        for places in ([js.tangzhang], [js.gulou], [js.tangzhang, shandong])
    ]


def rows_of(response):
    [table] = response.context["tables"]
    return {line.label: line.cells[0].text for line in [*table.lines, *table.footers]}


@pytest.mark.parametrize("is_folded", [False, True])
def test_provinces_are_the_rows_and_a_visit_to_two_counts_once_in_all(
    client, js, nation, visits, is_folded
):
    if is_folded:
        fold_rollup()
    client.force_login(nation)

    response = client.get(f"{PAGE}?period={YEAR}")

    rows = rows_of(response)
    assert {name: rows[name] for name in ("江苏省", "山东省", "Total")} == {
        "江苏省": "3",
        "山东省": "1",
        "Total": "3",
    }
    page = response.content.decode()
    assert "place=0" in page and FILE in page and EXPORT in page
    below = client.get(f"{PAGE}?period={YEAR}&place={js.js.pk}")
    whole = ("The whole country", f"?period={YEAR}&place=0&group=visits")
    assert whole in below.context["chain"]
    burden = client.get(f"{reverse('visits:report_burden')}?period={YEAR}&place=0")
    assert rows_of(burden)["山东省"] == "1"
    behind = client.get(f"{ROWS}?period={YEAR}&place=0&figure=visits&row={js.js.pk}")
    assert behind.status_code == 200


def test_the_country_is_for_those_alone_who_may_report_on_all_of_it(
    client, js, shandong, province_admin, nation
):
    client.force_login(province_admin)
    asked = f"{FILE}?report=districts&place=0", f"{EXPORT}?report=districts&place=0"
    for address in (f"{PAGE}?place=0", *asked):
        assert client.get(address).status_code == 404
    client.force_login(nation)
    units = reverse("visits:report_units")
    assert client.get(f"{units}?place=0").status_code == 404
    assert client.get(units).status_code == 200
    assert client.get(f"{FILE}?report=units&place=0").status_code == 404


def test_it_is_filed_and_differs_and_is_seen_as_that_of_any_place(
    client, client_of, js, shandong, nation, province_admin, visits
):
    client.force_login(nation)

    for report in ("districts", "burden"):
        asked = f"report={report}&period={YEAR}&place=0&borders=now"
        key = uuid.uuid4()
        client.post(f"{FILE}?{asked}", {"client_key": key})
        filed = FiledReport.objects.get(client_key=key)
        assert (filed.place, filed.boundaries) == (None, "then")
        parts = filed.places_in_it.values_list("place", flat=True)
        assert set(parts) == {js.js.pk, shandong.province_id}
    filed = FiledReport.objects.get(kind="districts")
    page = client.get(filed.get_absolute_url())
    [first, *_rest] = page.context["tables"]
    named = {line.label: line.cells[0] for line in first.lines}
    assert {it: named[it] for it in ("江苏省", "山东省", "Total")} == {
        "江苏省": 3,
        "山东省": 1,
        "Total": 3,
    }
    assert page.context["about"] == "The whole country"
    assert filed.content["about"]["zh-hans"] == "全国"
    compare = reverse("visits:filed_compare", args=[filed.reference])
    assert client.get(compare).context["differences"] == []
    visits[2].stops.get(place=shandong).talks.create(theme="土地", audience=30)
    told = {
        (it.row, it.figure, it.now) for it in client.get(compare).context["differences"]
    }
    assert told >= {("山东省", "Policy talks", "1"), ("Total", "Policy talks", "1")}
    other = client_of(admin(js.js, shandong.province))
    assert other.get(filed.get_absolute_url()).status_code == 200
    listed = other.get(reverse("visits:filed_list")).context["rows"]
    assert {row["about"] for row in listed} == {"The whole country"}
    for stranger in (province_admin, admin(shandong.province)):
        seen = client_of(stranger)
        assert seen.get(filed.get_absolute_url()).status_code == 404
        assert seen.get(f"{EXPORT}?filed={filed.reference}").status_code == 404
        assert not seen.get(reverse("visits:filed_list")).context["rows"]
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        FiledReportPlace.objects.update(place=F("place"))


def test_each_file_has_what_the_page_has(client, js, nation, visits):
    client.force_login(nation)
    client.post(f"{FILE}?{COUNTRY}", {"client_key": uuid.uuid4()})
    filed = FiledReport.objects.get()
    tables = client.get(filed.get_absolute_url()).context["tables"]
    page = {
        line.label: [cell for it in tables for cell in it.lines[at].cells]
        for at, line in enumerate(tables[0].lines)
    }
    typed = {"purpose": "季度例会", "approver": nation.pk}

    def taken(asked, form):
        return client.post(f"{EXPORT}?{asked}", typed | {"format": form}).content

    for asked in (COUNTRY, f"filed={filed.reference}"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(taken(asked, "xlsx")))
        figures = book.get_sheet_by_name("Figures").to_python()
        head = next(n for n, row in enumerate(figures) if row[0] == "Unit of count")
        for name, *cells in figures[head + 1 :]:
            wanted = ["" if it is None else it for it in page[name]]
            assert cells[1:] == wanted, name
        assert ["About", "The whole country"] in [row[:2] for row in figures[:head]]
        if "Rows" in book.sheet_names:
            rows = book.get_sheet_by_name("Rows").to_python()[2:]
            assert [row[0] for row in rows].count("Visits") == 3
    words = csv.reader(io.StringIO(taken(COUNTRY, "csv").decode("utf-8-sig")))
    said = {row[0]: row[2:] for row in words if row}
    assert (said["江苏省"][0], said["Total"][0]) == ("3", "3")
    document = Document(io.BytesIO(taken(asked, "docx")))
    cells = [cell.text for cell in document.tables[0].columns[1].cells]
    assert cells[:4] == ["Visits (visits)", "3", "1", "3"]
    assert "江苏省" in taken(asked, "print").decode()
    log = client.get(reverse("visits:export_list"))
    assert {row["about"] for row in log.context["rows"]} == {"The whole country"}
    assert (
        f"The whole country · {Period(PeriodKind.YEAR, YEAR).name}"
        in log.content.decode()
    )
    assert set(Export.objects.values_list("place", flat=True)) == {None}


@pytest.mark.usefixtures("files_dir")
def test_a_large_one_is_made_by_the_queue_for_who_still_reads_each_part(
    client, js, shandong, visits, monkeypatch
):
    anhui = PlaceFactory(code="34", name="安徽省", short_name="安徽")
    reader = admin(js.js, shandong.province, anhui)
    client.force_login(reader)
    Setting.objects.create(name="report.background_rows", value=0)
    typed = {"purpose": "季度例会", "approver": reader.pk, "format": "xlsx"}

    sent = client.post(f"{EXPORT}?{COUNTRY}", typed)

    assert sent.url == reverse("visits:export_list")
    job = ExportJob.objects.get()
    assert (job.total, job.query) == (3, f"period={YEAR}&report=districts&place=0")
    make(job=job.pk)
    job.refresh_from_db()
    assert job.state == ExportJob.State.READY
    take = reverse("visits:export_take", args=[job.reference])
    assert client.get(take)["Content-Type"].endswith("sheet")
    # Two provinces are left: what they ask is another question.
    reader.grants.filter(place=anhui).delete()
    answer = client.get(take)
    assert answer.status_code == 302
    monkeypatch.setattr("visits.reports.report_paper.MOST_ROWS", 2)
    page = client.post(f"{EXPORT}?{COUNTRY}", typed)
    assert "more than 2 rows" in page.content.decode()


def test_several_places_stand_in_one_table_with_their_sum(
    client_of, js, shandong, visits
):
    """Of different levels and parents; what lies in another one of them is no row."""
    reader = admin(js.xuzhou, js.tongshan, js.gulou_nj, shandong, js.village)
    VisitFactory(held=True, places=[js.gulou_nj], starts_at=at(f"{YEAR}-06-04 09:00"))
    VisitFactory(held=True, places=[js.yancheng], starts_at=at(f"{YEAR}-06-04 09:00"))
    client = client_of(reader)

    page = client.get(f"{PAGE}?period={YEAR}")

    parts = [js.gulou_nj, js.xuzhou, shandong]
    place = page.context["place"]
    assert list(place.several) == parts
    assert [it.label for it in page.context["tables"][0].lines] == [
        it.name for it in parts
    ]
    assert page.context["tables"][0].row_label == "Place"
    assert rows_of(page)["Total"] == "4"
    assert str(place.name) in page.content.decode()
    asked = Asked(reader, timezone.localdate(), Period(PeriodKind.YEAR, YEAR))
    whole, below = district_report(asked, place).counts, ByChild.of(place)
    alone = {it.pk: district_report(asked, it).counts for it in parts}
    for figure in figures_of(OF_DISTRICTS):
        if figure in LETTERS.figures:
            continue
        rows = [whole.of(figure, pk) for pk in alone]
        assert rows == [of.of(figure) for of in alone.values()], figure.name
        if figure.is_additive:
            assert whole.of(figure) == sum(rows), figure.name
        for key in (Total, js.xuzhou.pk) if whole.of(figure) else ():
            behind = rows_behind(asked, below, figure, key=key).rows
            assert whole.of(figure, key) == sum(it.amount for it in behind), figure.name
    line = page.context["tables"][0].lines[1]
    assert client.get(f"{PAGE}{line.url}").context["place"] == js.xuzhou
    assert client.get(line.cells[0].url).context["value"] == "3"
    assert client.get(f"{PAGE}?place={js.nanjing.pk}").status_code == 404
    client.post(f"{FILE}?report=districts&place=0", {"client_key": uuid.uuid4()})
    filed = FiledReport.objects.get()
    assert filed.content["about"]["zh-hans"] == "、".join(it.path for it in parts)
    assert client.get(filed.get_absolute_url()).status_code == 200
    city = client_of(admin(js.xuzhou, shandong))
    assert city.get(filed.get_absolute_url()).status_code == 404
    province = client_of(admin(js.js, shandong.province))
    assert province.get(filed.get_absolute_url()).status_code == 200
