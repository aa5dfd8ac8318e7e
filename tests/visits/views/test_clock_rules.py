import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import ClockRule
from visits.reports.clock_moves import Moved
from visits.rules.letter_states import Clock

pytestmark = pytest.mark.django_db
LIST = reverse("visits:clock_rules")
ENTER = reverse("visits:clock_rule_enter")
TYPED = {
    "where": "nation",
    "jurisdiction": "",
    "jurisdiction_id": "",
    "clock": "C1",
    "days": "10",
    "mode": "calendar",
    "valid_from": "2026-01-01",
    "basis": "信访工作条例（修订）",
    "told": "",
}


def local(place, **fields):
    area = {"jurisdiction": place.path, "jurisdiction_id": place.pk}
    return {**TYPED, "where": "area", **area, **fields}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PETITION_OFFICER, 200),
        (Role.UNIT_HEAD, 200),
        (Role.HANDLER, 403),
        (Role.CLERK, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_may_read_the_rules(client, js, role, status):
    client.force_login(officer(petition_office(js.xuzhou), role))

    assert client.get(LIST).status_code == status
    assert client.get(ENTER).status_code == 403


@pytest.fixture
def province_admin(district_admin, js):
    """A rule for the nation is theirs alone."""
    district_admin.grants.update(place=js.js)
    return district_admin


def test_the_list_says_which_rule_is_in_force(client, js, district_admin):
    ClockRule.objects.create(
        clock="C1", days=10, mode="calendar", valid_from="2025-01-01", basis="新"
    )
    ClockRule.objects.create(
        clock="C1", days=8, mode="calendar", valid_from="2099-01-01", basis="将来"
    )
    ClockRule.objects.create(
        clock="C1",
        days=5,
        mode="working",
        valid_from="2025-01-01",
        basis="省条例",
        jurisdiction=js.tongshan,
    )
    client.force_login(district_admin)

    [route, *_] = client.get(LIST).context["clocks"]

    assert route.clock == Clock.ROUTE
    assert [(it.days, it.standing) for it in route.rules] == [
        (8, "ahead"),
        (10, "in_force"),
        (15, "past"),
        (5, "in_force"),
    ]


def test_a_rule_is_shown_first_and_entered_then(client, js, province_admin):
    letter_at(js.huancheng)
    client.force_login(province_admin)

    shown = client.post(ENTER, TYPED)
    assert shown.context["moved"] == [Moved(Clock.ROUTE, earlier=1, later=0)]
    assert not ClockRule.objects.filter(days=10).exists()
    told = shown.context["form"]["told"].value()

    answer = client.post(ENTER, {**TYPED, "told": told})

    assert answer.url == LIST
    assert ClockRule.objects.get(days=10).basis == TYPED["basis"]


def test_a_rule_changed_after_it_was_shown_is_shown_again(client, js, province_admin):
    client.force_login(province_admin)
    told = client.post(ENTER, TYPED).context["form"]["told"].value()

    answer = client.post(ENTER, {**TYPED, "days": "9", "told": told})

    assert answer.context["moved"] == []
    assert not ClockRule.objects.filter(days__in=[9, 10]).exists()


def test_a_local_rule_is_entered_for_ones_own_area(client, js, district_admin):
    client.force_login(district_admin)

    refused = client.post(ENTER, local(js.gulou_nj))
    assert refused.status_code == 422
    assert "jurisdiction" in refused.context["form"].errors

    told = client.post(ENTER, local(js.tongshan)).context["form"]["told"].value()
    client.post(ENTER, local(js.tongshan, told=told))
    assert ClockRule.objects.get(jurisdiction=js.tongshan).days == 10


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"days": "-1"}, "days"),
        ({"days": "9" * 30}, "days"),
        ({"days": ""}, "days"),
        ({"clock": "C6"}, "clock"),
        ({"clock": "x"}, "clock"),
        ({"mode": "lunar"}, "mode"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"basis": "\x00"}, "basis"),
        ({"basis": "x" * 101}, "basis"),
        ({"where": "area"}, "jurisdiction"),
        ({"valid_from": "2022-05-01"}, "valid_from"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    client, province_admin, change, field
):
    client.force_login(province_admin)

    answer = client.post(ENTER, {**TYPED, **change})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
