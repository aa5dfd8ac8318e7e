import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory, VisitFactory
from tests.visits.views.sheets import days_ahead, page_sends
from visits.models import Action, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(js):
    """The province's office, its planner and three leaders."""
    office = UnitFactory(name="江苏省委办公厅", place=js.js)
    leaders = [
        CadreFactory(name=name, unit=office) for name in ("书记", "省长", "副书记")
    ]
    planner = AccountFactory(
        unit=office, role=Role.LIAISON, role__unit=office, acts_for=leaders
    )
    return planner, leaders


def legs(*rows):
    """What the page sends for rows of (official, place, days ahead)."""
    sent = {
        "name": "统一行动",
        "first": days_ahead(7),
        "last": days_ahead(8),
        "mode": "announced",
        "client_key": str(uuid.uuid4()),
        "legs-TOTAL_FORMS": str(len(rows)),
        "legs-INITIAL_FORMS": "0",
    }
    for n, (official, place, day) in enumerate(rows):
        sent |= {
            f"legs-{n}-official": official.pk,
            f"legs-{n}-place": place.path,
            f"legs-{n}-place_id": place.pk,
            f"legs-{n}-day": days_ahead(day),
            f"legs-{n}-starts": "09:00",
            f"legs-{n}-ends": "17:00",
            f"legs-{n}-activities": ["study"],
        }
    return sent


def example(js, leaders, planner):
    """The unified action of the handbook, section 4.4."""
    secretary, governor, deputy = leaders
    sent = legs(
        (secretary, js.gulou, 7),
        (governor, js.jingkou, 7),
        (governor, js.jurong, 8),
        (deputy, js.yancheng, 7),
    )
    sent["legs-3-last_day"] = days_ahead(8)
    return sent | {"organiser": planner.unit_id}


def test_action_of_the_handbook_counts_as_the_handbook_counts(client, province, js):
    planner, leaders = province
    client.force_login(planner)

    response = client.post(
        reverse("visits:action_create"), example(js, leaders, planner)
    )

    page = client.get(response.url)
    assert Action.objects.count() == 1
    assert page.context["counts"] == {
        "officials": 3,
        "visits": 3,
        "official_visits": 3,
        "place_visits": 4,
    }
    assert [stop.place for stop in page.context["stops"]] == [
        js.gulou,
        js.jingkou,
        js.yancheng,
        js.jurong,
    ]


def test_action_sent_twice_is_one_action(client, province, js):
    planner, leaders = province
    client.force_login(planner)
    sent = example(js, leaders, planner)

    first = client.post(reverse("visits:action_create"), sent)
    second = client.post(reverse("visits:action_create"), sent)

    assert first.url == second.url
    assert (Action.objects.count(), Visit.objects.count()) == (1, 3)


def test_action_leaves_out_rows_that_nobody_touched(client, province, js):
    planner, (secretary, *_others) = province
    client.force_login(planner)
    page = page_sends(client.get(reverse("visits:action_create")))
    one = legs((secretary, js.gulou, 7)) | {"organiser": planner.unit_id}
    for name in ("legs-TOTAL_FORMS", "legs-INITIAL_FORMS", "client_key"):
        del one[name]

    response = client.post(reverse("visits:action_create"), page | one)

    assert response.status_code == 302
    assert Visit.objects.get().stops.get().place == js.gulou


def test_action_with_one_clash_saves_nothing_and_offers_windows(client, province, js):
    planner, leaders = province
    VisitFactory(
        officials=[leaders[2]],
        places=[js.jingkou],
        starts_at=(timezone.localtime() + timedelta(days=7)).replace(hour=10, minute=0),
        unit=leaders[2].unit,
    )
    client.force_login(planner)
    sent = legs(*((leader, js.gulou, 7) for leader in leaders))
    sent |= {"organiser": planner.unit_id}
    sent["legs-2-starts"], sent["legs-2-ends"] = "10:00", "10:59"

    response = client.post(reverse("visits:action_create"), sent)

    forms = response.context["sheet"].sets["legs"].forms
    assert response.status_code == 422
    assert not Action.objects.exists()
    assert ["official" in form.errors for form in forms] == [False, False, True]
    assert 'value="legs-2:' in response.content.decode()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("last", "2020-01-01"),
        ("first", "9999-12-31"),
        ("name", ""),
        ("name", "长" * 101),
        ("legs-0-day", "2030-01-01"),
        ("legs-0-ends", "08:00"),
        ("legs-0-official", "999999"),
        ("legs-TOTAL_FORMS", "0"),
        ("organiser", "x"),
    ],
)
def test_action_answers_bad_input_and_saves_nothing(client, province, js, field, typed):
    planner, leaders = province
    client.force_login(planner)

    response = client.post(
        reverse("visits:action_create"), example(js, leaders, planner) | {field: typed}
    )

    assert response.status_code == 422
    assert not Action.objects.exists()
    assert not Visit.objects.exists()


def test_action_of_hidden_visits_does_not_exist_for_the_places(
    client, province, js, district_admin
):
    planner, leaders = province
    client.force_login(planner)
    url = client.post(
        reverse("visits:action_create"),
        example(js, leaders, planner) | {"mode": "unannounced"},
    ).url

    client.force_login(district_admin)

    assert client.get(url).status_code == 404
    assert "统一行动" not in [
        action.name
        for action in client.get(reverse("visits:action_list")).context["actions"]
    ]


def test_action_create_is_for_those_who_may(client, reader):
    client.force_login(reader)

    assert client.get(reverse("visits:action_create")).status_code == 403
    assert client.delete(reverse("visits:action_create")).status_code in (403, 405)


@pytest.mark.parametrize("count", [1, 3])
def test_action_detail_costs_the_same_for_any_number_of_visits(
    client, province, js, count, django_assert_num_queries
):
    planner, leaders = province
    client.force_login(planner)
    sent = legs(*((leader, js.gulou, 7) for leader in leaders[:count]))
    url = client.post(
        reverse("visits:action_create"), sent | {"organiser": planner.unit_id}
    ).url
    client.get(url)  # takes the message out of the session

    with django_assert_num_queries(10):
        client.get(url)
