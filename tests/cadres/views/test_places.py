import pytest
from django.urls import reverse

from tests.factories import AccountFactory, PlaceFactory

pytestmark = pytest.mark.django_db


def pick(client, text):
    return client.get(reverse("cadres:place_pick"), {"q": text})


def browse(client, **query):
    return client.get(reverse("cadres:place_list"), query)


def test_place_pick_shows_full_paths(client, liaison, js):
    client.force_login(liaison)

    response = pick(client, "鼓楼")

    page = response.content.decode()
    assert [place.pk for place in response.context["places"]] == [
        js.gulou_nj.pk,
        js.gulou.pk,
    ]
    assert f'data-id="{js.gulou.pk}" data-label="{js.gulou.path}"' in page
    assert "<html" not in page


@pytest.mark.parametrize(
    "text", ["", " ", "%", "'", "长" * 5000, "9" * 99, "/ / /", "😀", "<b>"]
)
def test_place_pick_answers_strange_texts(client, liaison, js, text):
    client.force_login(liaison)

    response = pick(client, text)

    assert response.status_code == 200
    assert response.context["places"] == []


def test_places_are_for_people_with_a_role(client, js):
    client.force_login(AccountFactory())

    assert pick(client, "鼓楼").status_code == 403
    assert browse(client).status_code == 403


def test_place_list_starts_at_ones_own_area(client, district_admin, js):
    client.force_login(district_admin)

    response = browse(client)

    assert response.context["own"] == js.xuzhou
    assert list(response.context["below"]) == [js.gulou, js.tongshan]
    assert list(response.context["provinces"]) == [js.js]


def test_place_list_finds_and_keeps_what_was_typed(client, liaison, js):
    client.force_login(liaison)

    response = browse(client, q="徐州 鼓楼")

    assert response.context["found"] == [js.gulou]
    page = response.content.decode()
    assert 'value="徐州 鼓楼"' in page
    assert js.gulou.get_absolute_url() in page
    assert browse(client, q="无此地").context["found"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_place_list_costs_the_same_for_any_number(
    client, liaison, js, count, django_assert_num_queries
):
    for n in range(count):
        PlaceFactory(code=f"32031{n + 3}", name=f"新{n}区", parent=js.xuzhou)
    client.force_login(liaison)

    # The sign-in (2), roles, unit, its place; places below, provinces.
    with django_assert_num_queries(7):
        browse(client)
