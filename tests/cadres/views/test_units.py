import pytest
from django.urls import reverse

from cadres.models import Unit
from cadres.reports.fingerprint import fingerprint
from tests.factories import UnitFactory

pytestmark = pytest.mark.django_db


def typed(place, **more):
    return {
        "name": "徐州市水务局",
        "kind": "department",
        "level": "2",
        "place": place.path,
        "place_id": str(place.pk),
        "superior": "",
        "superior_id": "",
        "dissolved_into": "",
        "dissolved_into_id": "",
        "seen": "",
    } | more


def test_unit_enter_saves(client, district_admin, xuzhou_office, js):
    client.force_login(district_admin)

    response = client.post(
        reverse("cadres:unit_enter"),
        typed(
            js.xuzhou,
            superior=f"{xuzhou_office.name} · {js.xuzhou.path}",
            superior_id=xuzhou_office.pk,
        ),
    )

    assert response.url == reverse("cadres:unit_list")
    unit = Unit.objects.get(name="徐州市水务局")
    assert (unit.superior, unit.level) == (xuzhou_office, 2)
    assert "徐州市水务局" in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("kind", "circus"),
        ("level", "9"),
        ("level", "x"),
        ("superior", "没有"),
        ("superior", "x" * 9000),
        ("superior_id", "9" * 50),
    ],
)
def test_unit_enter_answers_bad_input(client, district_admin, js, field, value):
    client.force_login(district_admin)
    more = {"superior": "没有"} if field == "superior_id" else {}
    before = Unit.objects.count()

    response = client.post(
        reverse("cadres:unit_enter"), typed(js.xuzhou) | more | {field: value}
    )

    assert response.status_code == 422
    assert Unit.objects.count() == before


def test_unit_enter_stays_in_the_area(client, county_admin, js):
    client.force_login(county_admin)

    response = client.post(reverse("cadres:unit_enter"), typed(js.xuzhou))

    assert "place" in response.context["form"].errors
    assert not Unit.objects.filter(name="徐州市水务局").exists()


def test_unit_change_says_a_circle_beside_the_field(client, district_admin, js):
    top = UnitFactory(name="甲", place=js.xuzhou)
    low = UnitFactory(name="乙", place=js.xuzhou, superior=top)
    client.force_login(district_admin)

    response = client.post(
        reverse("cadres:unit_change", args=[top.pk]),
        typed(js.xuzhou, superior="乙", superior_id=low.pk, seen=fingerprint(top)),
    )

    assert response.status_code == 422
    assert "superior" in response.context["form"].errors


def test_units_of_strangers_are_not_found(client, county_admin, xuzhou_office):
    client.force_login(county_admin)

    url = reverse("cadres:unit_change", args=[xuzhou_office.pk])

    assert client.get(url).status_code == 404
    page = client.get(reverse("cadres:unit_list")).content.decode()
    assert url not in page


@pytest.mark.parametrize(
    "who", ["leader", "liaison", "reader", "sysadmin", "secadmin", "auditor"]
)
def test_units_are_the_district_administrators(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("cadres:unit_list")).status_code == 403
    assert client.get(reverse("cadres:unit_enter")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_unit_list_costs_the_same_for_any_number(
    client, district_admin, js, count, django_assert_num_queries
):
    UnitFactory.create_batch(count, place=js.tongshan, superior=district_admin.unit)
    client.force_login(district_admin)

    with django_assert_num_queries(4):  # session, user, grants, units
        client.get(reverse("cadres:unit_list"))


@pytest.mark.parametrize("q", ["", "办公室", "\x01", "x" * 4000, "%_'\""])
def test_unit_pick_answers_whatever_is_typed(client, liaison, q):
    client.force_login(liaison)

    response = client.get(reverse("cadres:unit_pick"), {"q": q})

    assert response.status_code == 200
    assert ("徐州市委办公室" in response.content.decode()) is (q in ("", "办公室"))
