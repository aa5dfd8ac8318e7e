import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import AccountFactory, CadreFactory, MandateFactory, UnitFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db

PAGE = "cadres:own_mandates"


def today(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def colleague(xuzhou_office):
    return AccountFactory(name="同事", unit=xuzhou_office)


def test_own_mandates_gives_one_to_a_colleague(client, leader, colleague):
    client.force_login(leader)

    response = client.post(
        reverse(PAGE), {"account": colleague.pk, "first": today(), "last": today(30)}
    )

    assert response.url == reverse(PAGE)
    assert colleague.mandates.get().cadre == leader.cadre
    assert "同事" in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", ""),
        ("account", "9" * 40),
        ("account", "x"),
        ("first", today(-1)),
        ("first", "x"),
        ("last", today(-1)),
    ],
)
def test_own_mandates_answers_bad_input(client, leader, colleague, field, value):
    client.force_login(leader)
    data = {"account": colleague.pk, "first": today(), "last": ""} | {field: value}

    response = client.post(reverse(PAGE), data)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not colleague.mandates.exists()


def test_own_mandates_offers_colleagues_alone(client, leader, colleague, js):
    AccountFactory(name="外人", unit=UnitFactory(place=js.xuzhou))
    AccountFactory(name="已关", unit=leader.unit, is_active=False)
    client.force_login(leader)

    page = client.get(reverse(PAGE)).content.decode()

    assert "同事" in page
    assert "外人" not in page
    assert "已关" not in page


@pytest.mark.parametrize(
    "who", ["liaison", "district_admin", "reader", "sysadmin", "secadmin", "auditor"]
)
def test_own_mandates_are_a_leaders(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse("cadres:own_mandate_end", args=[1])).status_code == 403


def test_own_mandate_end_is_for_ones_own(client, leader, colleague):
    other = MandateFactory(account=colleague, cadre=CadreFactory())
    client.force_login(leader)

    response = client.post(reverse("cadres:own_mandate_end", args=[other.pk]))

    assert response.status_code == 404
    assert colleague.mandates.exists()


def plan(official, place):
    return {
        "purpose": "设施农业",
        "mode": "announced",
        "vehicles": "1",
        "press": "0",
        **dict.fromkeys(
            [
                f"escorts_{it}"
                for it in ("own", "superior", "prefecture", "county", "township")
            ],
            "0",
        ),
        "client_key": str(uuid.uuid4()),
        "version": "0",
        "stops-TOTAL_FORMS": "1",
        "stops-INITIAL_FORMS": "0",
        "stops-0-place": place.path,
        "stops-0-place_id": str(place.pk),
        "stops-0-day": today(7),
        "stops-0-starts": "09:00",
        "stops-0-ends": "11:00",
        "stops-0-activities": ["study"],
        "team-TOTAL_FORMS": "1",
        "team-INITIAL_FORMS": "0",
        "team-0-official": str(official.pk),
        "team-0-part": "lead",
        "team-0-ORDER": "1",
    }


def test_the_end_of_a_mandate_makes_the_next_action_refused(
    client, leader, liaison, js, client_of
):
    theirs = client_of(liaison)
    url = reverse("visits:visit_plan")
    assert theirs.post(url, plan(leader.cadre, js.tangzhang)).status_code == 302
    visit = Visit.objects.get()
    client.force_login(leader)

    client.post(
        reverse("cadres:own_mandate_end", args=[liaison.mandates.get().pk]),
        {"last": ""},
    )

    assert theirs.post(url, plan(leader.cadre, js.liuji)).status_code == 422
    change = reverse("visits:visit_change", args=[visit.reference])
    assert theirs.get(change).status_code == 404
    assert Visit.objects.count() == 1


def test_a_mandate_ends_by_itself(client, leader, liaison, js):
    liaison.mandates.update(last=timezone.localdate() - timedelta(days=1))
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), plan(leader.cadre, js.tangzhang)
    )

    assert response.status_code == 422
    assert not Visit.objects.exists()
