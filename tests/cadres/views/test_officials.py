import pytest
from django.urls import reverse

from cadres.actions.enter_cadre import mark_of
from cadres.models import Cadre
from tests.factories import CadreFactory, PostFactory, UnitFactory

pytestmark = pytest.mark.django_db

LIST = "cadres:cadre_list"


def sheet(unit, /, **more):
    data = {
        "name": "周文渊",
        "rank_band": "prefecture",
        "unit": f"{unit.name} · {unit.place.path}",
        "unit_id": str(unit.pk),
        "remit": "农业农村",
        "left_on": "",
        "seen": "",
    }
    for prefix in ("posts", "contact_points", "home_places"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | more


def post_row(unit, **more):
    row = {
        "posts-TOTAL_FORMS": "1",
        "posts-0-title": "副市长",
        "posts-0-unit": f"{unit.name} · {unit.place.path}",
        "posts-0-unit_id": str(unit.pk),
        "posts-0-first": "2024-01-01",
        "posts-0-last": "",
        "posts-0-ORDER": "1",
    }
    return row | more


def names(response):
    return [it.name for it in response.context["page"]]


def test_cadre_list_shows_ones_places_and_those_one_acts_for(
    client, liaison, leader, county_admin, js
):
    stranger = UnitFactory(place=js.tongshan)
    CadreFactory(name="铜山人", unit=stranger)

    client.force_login(liaison)
    assert names(client.get(reverse(LIST))) == ["辛志强"]
    client.force_login(county_admin)
    assert names(client.get(reverse(LIST))) == ["铜山人"]


@pytest.mark.parametrize("who", ["reader", "sysadmin", "secadmin", "auditor"])
def test_cadre_list_is_not_for_those_without_people(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "志强"}, ["辛志强"]),
        ({"q": "xzq"}, ["辛志强"]),
        ({"q": "Xin Zhi"}, ["辛志强"]),
        ({"q": "zq"}, []),
        ({"rank": "county"}, ["周文渊"]),
        ({"rank": "emperor"}, ["辛志强", "周文渊"]),
        ({"left": "on"}, ["离任", "辛志强", "周文渊"]),
        ({"unit": "没有这个单位"}, ["辛志强", "周文渊"]),
        ({"q": "x" * 5000}, ["辛志强", "周文渊"]),
        ({"after": "x", "before": "9" * 40}, ["辛志强", "周文渊"]),
    ],
)
def test_cadre_list_narrows(client, district_admin, xuzhou_office, query, found):
    CadreFactory(
        name="辛志强", pinyin="xinzhiqiang", initials="xzq", unit=xuzhou_office
    )
    CadreFactory(
        name="周文渊",
        pinyin="zhouwenyuan",
        initials="zwy",
        rank_band="county",
        unit=xuzhou_office,
    )
    CadreFactory(name="离任", pinyin="liren", unit=xuzhou_office, left_on="2025-01-01")
    client.force_login(district_admin)

    assert names(client.get(reverse(LIST), query)) == found


def test_cadre_list_narrows_to_a_unit_typed_by_name(
    client, district_admin, js, xuzhou_office
):
    CadreFactory(unit=xuzhou_office)
    other = UnitFactory(name="徐州市水务局", place=js.xuzhou)
    CadreFactory(name="水务", unit=other)
    client.force_login(district_admin)

    assert names(client.get(reverse(LIST), {"unit": "徐州市水务局"})) == ["水务"]


@pytest.mark.parametrize("count", [1, 3])
def test_cadre_list_costs_the_same_for_any_number(
    client, district_admin, xuzhou_office, count, django_assert_num_queries
):
    for cadre in CadreFactory.create_batch(count, unit=xuzhou_office):
        PostFactory(cadre=cadre)
    client.force_login(district_admin)

    with django_assert_num_queries(5):  # session, user, grants, mandates, officials
        response = client.get(reverse(LIST))

    assert len(response.context["page"]) == count


def test_cadre_enter_saves_with_rows(client, district_admin, xuzhou_office, js):
    client.force_login(district_admin)
    rows = post_row(xuzhou_office) | {
        "contact_points-TOTAL_FORMS": "1",
        "contact_points-0-place": js.tangzhang.path,
        "contact_points-0-place_id": js.tangzhang.pk,
        "contact_points-0-first": "2025-01-01",
        "home_places-TOTAL_FORMS": "1",
        "home_places-0-place": js.yancheng.path,
        "home_places-0-place_id": js.yancheng.pk,
    }

    response = client.post(reverse("cadres:cadre_enter"), sheet(xuzhou_office, **rows))

    cadre = Cadre.objects.get()
    assert response.url == cadre.get_absolute_url()
    assert (cadre.initials, cadre.posts.get().title) == ("zwy", "副市长")
    assert cadre.contact_points.get().place == js.tangzhang
    page = client.get(response.url).content.decode()
    assert "副市长" in page
    assert js.yancheng.path not in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("name", "长" * 51),
        ("rank_band", "king"),
        ("unit", "没有这个单位"),
        ("unit", "\x00"),
        ("left_on", "gestern"),
        ("posts-0-unit", ""),
        ("posts-0-first", "31.12.2025"),
        ("posts-0-last", "2023-01-01"),
        ("posts-TOTAL_FORMS", "x"),
        ("posts-TOTAL_FORMS", "100000"),
    ],
)
def test_cadre_enter_answers_bad_input_and_saves_nothing(
    client, district_admin, xuzhou_office, field, typed
):
    client.force_login(district_admin)
    data = sheet(xuzhou_office, **post_row(xuzhou_office)) | {field: typed}

    response = client.post(reverse("cadres:cadre_enter"), data)

    assert response.status_code == 422
    assert not Cadre.objects.exists()
    assert "农业农村" in response.content.decode()


def test_cadre_enter_takes_the_typed_unit_when_the_key_is_of_another(
    client, district_admin, xuzhou_office, js
):
    other = UnitFactory(name="徐州市水务局", place=js.xuzhou)
    client.force_login(district_admin)

    client.post(
        reverse("cadres:cadre_enter"), sheet(xuzhou_office, unit="徐州市水务局")
    )

    assert Cadre.objects.get().unit == other


def test_cadre_enter_refuses_units_outside_the_scope(
    client, county_admin, xuzhou_office
):
    client.force_login(county_admin)

    response = client.post(reverse("cadres:cadre_enter"), sheet(xuzhou_office))

    assert response.status_code == 422
    assert "unit" in response.context["sheet"].main.errors


@pytest.mark.parametrize(
    "who", ["leader", "liaison", "reader", "sysadmin", "secadmin", "auditor"]
)
def test_cadre_enter_is_the_district_administrators(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("cadres:cadre_enter")).status_code == 403


def test_cadre_enter_adds_a_row_without_javascript(
    client, district_admin, xuzhou_office
):
    client.force_login(district_admin)

    response = client.post(
        reverse("cadres:cadre_enter"),
        sheet(xuzhou_office, add_contact_points="1", name=""),
    )

    assert response.status_code == 200
    assert len(response.context["sheet"].sets["contact_points"].forms) == 1


def test_cadre_change_of_a_stranger_is_not_found(client, county_admin, leader):
    client.force_login(county_admin)

    url = reverse("cadres:cadre_change", args=[leader.cadre_id])

    assert client.get(url).status_code == 404
    assert client.post(url, {}).status_code == 404


def test_cadre_change_tells_who_was_slower_and_then_saves(
    client, district_admin, leader, xuzhou_office
):
    client.force_login(district_admin)
    url = reverse("cadres:cadre_change", args=[leader.cadre_id])
    seen = mark_of(leader.cadre)
    client.post(url, sheet(xuzhou_office, name="他改的", seen=seen))

    refused = client.post(url, sheet(xuzhou_office, name="我改的", seen=seen))

    assert refused.status_code == 422
    assert "我改的" in refused.content.decode()
    mark = mark_of(leader.cadre)
    assert f'value="{mark}"' in refused.content.decode()
    client.post(url, sheet(xuzhou_office, name="我改的", seen=mark))
    leader.cadre.refresh_from_db()
    assert leader.cadre.name == "我改的"


def test_cadre_pick_offers_an_administrators_scope_alone(
    client, sysadmin, leader, liaison, js
):
    CadreFactory(name="辛外人", unit=UnitFactory(place=js.jingkou))
    url = reverse("cadres:cadre_pick")

    client.force_login(sysadmin)
    page = client.get(url, {"q": "辛"}).content.decode()
    assert "辛志强" in page
    assert "辛外人" not in page
    client.force_login(liaison)
    assert "辛志强" not in client.get(url, {"q": "辛"}).content.decode()
