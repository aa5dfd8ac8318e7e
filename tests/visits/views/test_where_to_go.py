"""The page "where to go": for whom it opens, where it leads, and its size."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import District, Outline
from cadres.rules.levels import Kind, Level
from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

URL = reverse("visits:where_to_go")
GOES_OUT = {
    Role.LEADER,
    Role.LIAISON,
    Role.CLERK,
    Role.PETITION_OFFICER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.DISTRICT_ADMIN,
}


@pytest.mark.parametrize("role", Role)
def test_it_opens_for_those_who_see_visits(client, js, role):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))

    assert client.get(URL).status_code == (200 if role in GOES_OUT else 403)


def test_it_opens_on_the_own_area_and_what_lies_below(client, county_admin, js):
    client.force_login(county_admin)

    asked = [
        client.get(URL, {"place": place.pk}).status_code
        for place in (js.tongshan, js.village, js.xuzhou, js.gulou)
    ]

    assert client.get(URL).context["place"] == js.tongshan
    assert asked == [200, 200, 404, 404]


@pytest.mark.parametrize("view", ["table", "tiles"])
def test_one_click_starts_a_booking_there(client, district_admin, js, view):
    client.force_login(district_admin)

    page = client.get(URL, {"place": js.tongshan.pk, "view": view}).content.decode()

    assert f"{reverse('visits:visit_plan')}?place={js.tangzhang.pk}" in page


def test_who_may_not_plan_is_offered_no_booking(client, js):
    client.force_login(AccountFactory(role=Role.CLERK, role__place=js.tongshan))

    assert reverse("visits:visit_plan") not in client.get(URL).content.decode()


@pytest.mark.parametrize("view", ["table", "tiles"])
def test_no_hidden_visit_changes_the_page(
    client, district_admin, leader, js, view, in_english
):
    client.force_login(district_admin)

    def shown():
        page = client.get(URL, {"place": js.tongshan.pk, "view": view})
        return page.content.decode().split("<main")[1].split("</main>")[0]

    before = shown()
    for days in (-0.1, 3):
        VisitFactory(
            held=days < 0,
            officials=[leader.cadre],
            places=[js.liuji],
            starts_at=timezone.now() + timedelta(days=days),
            hours=1,
            mode=Mode.UNANNOUNCED,
        )

    assert "never" in before
    assert shown() == before


def test_fifteen_hundred_places_on_one_page(
    client, district_admin, js, django_assert_max_num_queries
):
    made = District.objects.bulk_create(
        District(
            code=f"{county.code}{n:03}",
            level=Level.TOWNSHIP,
            kind=Kind.TOWN,
            name=f"镇{n}",
            short_name=f"镇{n}",
            path=f"{county.path} / 镇{n}",
            parent=county,
            province=js.js,
            prefecture=js.xuzhou,
            county=county,
            valid_from=county.valid_from,
            source_list="local",
        )
        for county in (js.gulou, js.tongshan)
        for n in range(200, 950)
    )
    for row in made:
        row.township = row
    District.objects.bulk_update(made, ["township"])
    client.force_login(district_admin)

    with django_assert_max_num_queries(40):
        page = client.get(URL, {"view": "tiles"})

    assert page.content.count(b'class="word-tile ') == 1500 + 4


def test_with_the_offices_own_borders_the_tiles_are_a_map(client, district_admin, js):
    ring = [[117.0, 34.0], [117.1, 34.0], [117.1, 34.1], [117.0, 34.1], [117.0, 34.0]]
    today = timezone.localdate()
    Outline.objects.create(place=js.tangzhang, rings=[ring], loaded_on=today)
    client.force_login(district_admin)

    answer = client.get(URL, {"place": js.tongshan.pk, "view": "tiles"})
    page = answer.content.decode()

    drawn = answer.context["map"]
    assert [shape.line.place for shape in drawn.shapes] == [js.tangzhang]
    on_map = page.split("<svg viewBox")[1].split("</svg>")[0]
    assert f"{reverse('visits:visit_plan')}?place={js.tangzhang.pk}" in on_map
    assert "is-late" in on_map
    # A place without a border keeps its tile, and has no other.
    tiles = page.split('class="word-tiles"')[1]
    assert js.liuji.name in tiles
    assert js.tangzhang.name not in tiles


def test_a_county_whose_townships_have_no_borders_is_one_shape(
    client, district_admin, js
):
    ring = [[117.0, 34.0], [117.1, 34.0], [117.1, 34.1], [117.0, 34.1], [117.0, 34.0]]
    today = timezone.localdate()
    Outline.objects.create(place=js.tongshan, rings=[ring], loaded_on=today)
    client.force_login(district_admin)

    answer = client.get(URL, {"place": js.xuzhou.pk, "view": "tiles"})

    [shape] = answer.context["map"].shapes
    assert shape.line.place == js.tongshan
    whole = [
        line for line in answer.context["found"].lines if line.place == js.tongshan
    ]
    assert shape.line.open_matters == whole[0].open_matters
    assert js.tongshan not in [it.whole.place for it in answer.context["map"].rest]
