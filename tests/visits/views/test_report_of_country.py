"""The report whose rows are the provinces, for who may report on all of them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory, at
from tests.factories.people import RoleGrantFactory
from tests.factories.places import PlaceFactory
from visits.actions.fold_rollup import fold_rollup

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year - 1  # over, so that the day does not matter


@pytest.fixture
def shandong(js):
    province = PlaceFactory(code="37", name="山东省", short_name="山东")
    return PlaceFactory(code="3704", name="枣庄市", short_name="枣庄", parent=province)


@pytest.fixture
def nation(js, shandong):
    account = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.js)
    RoleGrantFactory(account=account, role=Role.DISTRICT_ADMIN, place=shandong.province)
    return account


def rows_of(response):
    [table] = response.context["tables"]
    return {line.label: line.cells[0].text for line in [*table.lines, *table.footers]}


@pytest.mark.parametrize("is_folded", [False, True])
def test_provinces_are_the_rows_and_a_visit_to_two_counts_once_in_all(
    client, js, shandong, nation, is_folded
):
    for places in ([js.tangzhang], [js.gulou], [js.tangzhang, shandong]):
        VisitFactory(held=True, places=places, starts_at=at(f"{YEAR}-05-04 09:00"))
    if is_folded:
        fold_rollup()
    client.force_login(nation)
    address = reverse("visits:report_districts")

    response = client.get(f"{address}?period={YEAR}")

    rows = rows_of(response)
    assert {name: rows[name] for name in ("江苏省", "山东省")} == {
        "江苏省": "3",
        "山东省": "1",
    }
    assert [number for name, number in rows.items() if number == "3"] == ["3", "3"]
    page = response.content.decode()
    assert "place=0" in page
    assert reverse("visits:report_file") not in page
    below = client.get(f"{address}?period={YEAR}&place={js.js.pk}")
    assert ("全国", f"?period={YEAR}&place=0&group=visits") in below.context["chain"]
    burden = client.get(f"{reverse('visits:report_burden')}?period={YEAR}&place=0")
    assert rows_of(burden)["山东省"] == "1"
    rows = reverse("visits:report_rows")
    behind = client.get(f"{rows}?period={YEAR}&place=0&figure=visits&row={js.js.pk}")
    assert behind.status_code == 200


def test_the_country_is_for_those_alone_who_may_report_on_all_of_it(
    client, js, shandong, province_admin, nation
):
    client.force_login(province_admin)
    page = client.get(f"{reverse('visits:report_districts')}?place=0")
    assert page.status_code == 404
    client.force_login(nation)
    units = reverse("visits:report_units")
    assert client.get(f"{units}?place=0").status_code == 404
    assert client.get(units).status_code == 200
    filing = client.get(f"{reverse('visits:report_file')}?report=districts&place=0")
    assert filing.status_code == 404
