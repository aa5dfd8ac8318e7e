"""The pages of a report by the borders of today: choice, rows, file, filed report."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from cadres.models import Succession
from tests.factories import PlaceFactory, VisitFactory, at
from visits.models import Export, FiledReport
from visits.rules.report_kinds import Boundaries, ExportFormat

pytestmark = pytest.mark.django_db
ASKED = "period=2021-Q1&borders=now"
DAY = date(2021, 3, 1)


@pytest.fixture
def old(js, client, district_admin):
    """拾屯街道 while it belonged to 铜山区, where someone was."""
    place = PlaceFactory(
        code="320312008",
        name="拾屯街道",
        parent=js.tongshan,
        valid_to=date(2021, 2, 28),
    )
    became(place, js.shitun)
    VisitFactory(
        places=[place],
        starts_at=at("2021-01-11 09:00"),
        held=True,
        unit=district_admin.unit,
    )
    client.force_login(district_admin)
    return place


def became(place, heir):
    Succession.objects.create(predecessor=place, successor=heir, reason="moved", on=DAY)


def visits_of(response):
    [table, *_more] = response.context["tables"]
    return {line.label: line.cells[0] for line in table.lines if line.cells[0].url}


@pytest.mark.parametrize("report", ["districts", "burden"])
def test_the_choice_stays_in_every_link(client, js, old, report):
    page = client.get(f"{reverse(f'visits:report_{report}')}?{ASKED}")

    cells = visits_of(page)
    assert list(cells) == ["鼓楼区"]
    rows = client.get(cells["鼓楼区"].url)
    assert rows.context["value"] == "1"
    assert [row.places for row in rows.context["rows"].rows] == [[old.path]]
    assert "borders=now" in rows.context["back"]
    context = page.context
    links = [it["url"] for it in context["kinds"]]
    links += [context["previous"], context["next"], context["this_report"]]
    links += [line.url for line in context["tables"][0].lines if line.url]
    assert all("borders=now" in link for link in links)
    assert context["keep"]["borders"] == "now"
    then, now = context["borders"]
    assert (then["is_current"], now["is_current"]) == (False, True)
    assert list(visits_of(client.get(page.request["PATH_INFO"] + then["url"]))) == [
        "铜山区"
    ]


def test_the_switch_keeps_it_for_reports_that_know_of_it(client, old):
    page = client.get(f"{reverse('visits:report_districts')}?{ASKED}")

    kept = {it["name"] for it in page.context["switch"] if "borders" in it["url"]}

    assert kept == {"districts", "units", "actions", "topics", "burden", "caseload"}


@pytest.mark.parametrize("borders", ["then", "", "x", "NOW"])
def test_by_default_places_are_as_they_were(client, old, borders):
    page = client.get(
        reverse("visits:report_districts"), {"period": "2021-Q1", "borders": borders}
    )

    assert list(visits_of(page)) == ["铜山区"]
    assert "borders" not in page.context["this_report"]


def test_an_official_went_where_they_went(client, old):
    page = client.get(f"{reverse('visits:report_officials')}?{ASKED}")

    assert page.context["asked"].boundaries == Boundaries.THEN


@pytest.mark.parametrize("report", ["units", "actions", "topics", "caseload"])
def test_reports_of_a_place_offer_the_choice(client, old, report):
    page = client.get(f"{reverse(f'visits:report_{report}')}?{ASKED}")

    assert page.context["asked"].boundaries == Boundaries.NOW
    assert [it["is_current"] for it in page.context["borders"]] == [False, True]
    assert "borders=now" in page.context["previous"]


def test_a_file_says_whose_borders_it_has(client, district_admin, old):
    page = client.get(f"{reverse('visits:report_districts')}?{ASKED}")
    export = f"{reverse('visits:report_export')}?{page.context['this_report']}"

    sent = client.post(
        export,
        {
            "purpose": "季度会议",
            "approver": district_admin.pk,
            "format": ExportFormat.CSV,
        },
    )

    lines = sent.content.decode("utf-8-sig").splitlines()
    assert sent.status_code == 200, sent.content.decode()
    assert any("按今日" in line for line in lines)
    [row] = [line for line in lines if line.startswith("鼓楼区,")]
    assert row.split(",")[2] == "1"
    assert Export.objects.get().rows > 0


def test_a_filed_report_is_compared_by_the_borders_it_was_filed_with(client, js, old):
    filed = {}
    for boundaries in Boundaries:
        key = uuid.uuid4()
        query = f"report=burden&period=2021-Q1&borders={boundaries}"
        client.post(f"{reverse('visits:report_file')}?{query}", {"client_key": key})
        filed[boundaries] = FiledReport.objects.get(client_key=key)

    def differing(boundaries):
        address = reverse("visits:filed_compare", args=[filed[boundaries].reference])
        return {it.row for it in client.get(address).context["differences"]}

    assert {it.boundaries for it in filed.values()} == set(Boundaries)
    assert differing(Boundaries.NOW) == differing(Boundaries.THEN) == set()
    Succession.objects.all().delete()
    became(old, js.liuji)
    assert differing(Boundaries.NOW) >= {"鼓楼区", "铜山区"}
    assert differing(Boundaries.THEN) == set()


@pytest.mark.parametrize("report", ["districts", "burden", "units", "caseload"])
def test_a_place_that_has_ended_leads_to_what_came_of_it(client, js, old, report):
    elsewhere = PlaceFactory(code="320106009", name="远街道", parent=js.gulou_nj)
    became(old, elsewhere)
    url = reverse(f"visits:report_{report}")

    page = client.get(url, {"period": "2022-Q2", "place": old.pk})

    assert page.context["ended"].is_over
    assert "2021年2月28日" in page.content.decode()
    assert "report-table" not in page.content.decode()
    (_far, no_link), (_near, link) = page.context["heirs"]
    assert (no_link, elsewhere.path in page.content.decode()) == ("", True)
    at_heir = client.get(f"{url}{link}")
    assert at_heir.context["asked"].period.code == "2022-Q2"
    assert (at_heir.context["place"], at_heir.context["ended"]) == (js.shitun, None)
    # While it was there, its figures are its own.
    then = client.get(url, {"period": "2021-Q1", "place": old.pk})
    assert then.context["ended"] and not then.context["ended"].is_over
    assert then.context.get("tables", then.context.get("report")) is not None
