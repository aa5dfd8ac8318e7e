"""Reports that were filed: figures at rest, who sees them, what differs today."""

import uuid
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MatterFactory,
    TalkFactory,
    VisitFactory,
    at,
)
from visits.models import FiledReport, FiledReportOfficial
from visits.reports.filed_report import filed_tables
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db
PERIOD = "period=2025-Q4"


@pytest.fixture
def visit(js, district_admin):
    """One day of work in a past quarter, in two townships of Tongshan."""
    official = CadreFactory(name="辛志强", unit=district_admin.unit)
    made = VisitFactory(
        held=True,
        officials=[official],
        places=[js.tangzhang, js.huancheng],
        count=2,
        starts_at=at("2025-11-04 09:00"),
        hours=1,
    )
    TalkFactory(stop=made.stops.first(), audience=30)
    return made


def file(client, query=PERIOD, *, key=None, note=""):
    """File what this address asks, and find it again."""
    url = f"{reverse('visits:report_file')}?{query}"
    key = key or uuid.uuid4()
    answer = client.post(url, {"client_key": key, "note": note})
    assert answer.status_code == 302, answer.content.decode()
    return FiledReport.objects.get(client_key=key)


def cells_of(tables):
    return {
        (line.key, column.name): value
        for table in tables
        for line in table.lines
        for column, value in zip(table.columns, line.cells)
    }


@pytest.mark.parametrize("report", ["districts", "officials"])
def test_a_filed_report_keeps_its_figures_and_names_what_differs_today(
    client, english, district_admin, js, visit, report
):
    district_admin.language = "en"
    district_admin.save()
    client.force_login(district_admin)
    filed = file(client, f"report={report}&{PERIOD}")
    kept = client.get(filed.get_absolute_url())
    cells = cells_of(kept.context["tables"])
    row = str(js.tongshan.pk if report == "districts" else visit.team.get().official_id)
    assert (cells[row, "visits"], cells[row, "audience"]) == (1, 30)
    if report == "officials":
        assert cells[row, "days"] == 0.5
    compare = reverse("visits:filed_compare", args=[filed.reference])
    assert client.get(compare).context["differences"] == []

    visit.stops.first().talks.update(audience=45)

    assert cells_of(client.get(filed.get_absolute_url()).context["tables"]) == cells
    found = client.get(compare).context["differences"]
    name = "铜山区" if report == "districts" else "辛志强"
    told = {(it.row, it.figure, it.then, it.now) for it in found}
    assert (name, "Audience (estimate)", "30", "45") in told
    assert {it.figure for it in found} == {"Audience (estimate)"}


def test_a_filed_report_is_read_in_both_languages(client, district_admin, js, visit):
    client.force_login(district_admin)
    filed = file(client)

    shown = {}
    for code in ("zh-hans", "en"):
        district_admin.language = code
        district_admin.save()
        shown[code] = client.get(filed.get_absolute_url()).context["tables"]

    chinese, english = (shown[code][0].columns[0].label for code in ("zh-hans", "en"))
    assert (chinese, english) == ("走访", "Visits")
    assert cells_of(shown["en"]).keys() == cells_of(shown["zh-hans"]).keys()
    assert shown["en"][0].lines[0].label == shown["zh-hans"][0].lines[0].label


def test_one_form_sent_twice_is_one_filed_report(client, district_admin, visit):
    client.force_login(district_admin)
    key = uuid.uuid4()

    assert file(client, key=key) == file(client, key=key)
    assert FiledReport.objects.count() == 1


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [FiledReport, FiledReportOfficial])
def test_the_database_refuses_to_change_what_was_filed(
    client, district_admin, visit, model, change
):
    client.force_login(district_admin)
    file(client, f"report=officials&{PERIOD}")

    with pytest.raises(Error, match="never changed"), transaction.atomic():
        rows = model.objects.all()
        rows.update(id=F("id")) if change == "update" else rows._raw_delete("default")


def test_a_filed_report_is_seen_by_who_may_report_on_all_of_it(
    client, client_of, js, district_admin, county_admin, province_admin, leader, visit
):
    client.force_login(district_admin)
    of_city = file(client)
    of_county = file(client, f"place={js.tongshan.pk}&{PERIOD}")
    of_all = file(client, f"report=officials&{PERIOD}")
    official = visit.team.get().official
    of_one = file(client, f"report=officials&official={official.pk}&{PERIOD}")
    of_leader = file(client, f"report=officials&official={leader.cadre_id}&{PERIOD}")
    clerk = AccountFactory(role=Role.CLERK, role__place=js.xuzhou)

    def seen(account):
        page = client_of(account).get(reverse("visits:filed_list"))
        if page.status_code == 403:
            return None
        return {row["filed"].pk for row in page.context["rows"]}

    everything = {it.pk for it in (of_city, of_county, of_all, of_one, of_leader)}
    assert seen(district_admin) == seen(province_admin) == everything
    assert seen(county_admin) == {of_county.pk}
    assert seen(leader) == {of_leader.pk}
    assert seen(clerk) is None
    stranger = client_of(county_admin)
    for name in ("filed_detail", "filed_compare"):
        address = reverse(f"visits:{name}", args=[of_city.reference])
        assert stranger.get(address).status_code == 404


def test_what_counts_a_hidden_visit_waits_until_it_is_no_longer_hidden(
    client, client_of, js, leader, district_admin
):
    now = timezone.now()
    hidden = VisitFactory(
        held=True,
        mode=Mode.UNANNOUNCED,
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=now - timedelta(hours=2),
        hours=1,
    )
    client.force_login(leader)
    year = timezone.localtime(hidden.starts_at).year
    query = f"report=officials&official={leader.cadre_id}&period={year}"
    filed = file(client, query)

    assert filed.open_from == hidden.hidden_until
    assert client.get(filed.get_absolute_url()).status_code == 200
    other = client_of(district_admin)
    assert other.get(filed.get_absolute_url()).status_code == 404
    own = file(other, query)
    row = str(leader.cadre_id)
    assert cells_of(filed_tables(filed))[row, "visits"] == 1
    assert cells_of(filed_tables(own))[row, "visits"] == 0


def test_nobody_files_what_they_may_not_read(client, client_of, js, leader, reader):
    strangers = client_of(leader)
    address = reverse("visits:report_file")
    assert strangers.get(f"{address}?report=districts").status_code == 403
    pk = CadreFactory().pk
    other = f"{address}?report=officials&official={pk}"
    assert strangers.get(other).status_code == 404
    reading = client_of(reader)
    assert reading.get(f"{address}?place={js.js.pk}").status_code == 404
    assert reading.get(f"{address}?report=officials").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_filed_reports_costs_the_same_for_any_number(
    client, district_admin, visit, count, django_assert_max_num_queries
):
    client.force_login(district_admin)
    MatterFactory(stop=visit.stops.first())
    for _i in range(count):
        file(client)
    client.get(reverse("visits:filed_list"))  # takes the messages out of the session

    with django_assert_max_num_queries(6):
        page = client.get(reverse("visits:filed_list"))

    assert len(page.context["rows"]) == count
