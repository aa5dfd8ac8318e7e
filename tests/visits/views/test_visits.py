from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db


def test_visit_of_strangers_is_not_found(client, county_admin, js):
    hidden = VisitFactory(
        mode=Mode.UNANNOUNCED,
        places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=5),
    )
    client.force_login(county_admin)

    for name in ("detail", "change", "log"):
        url = reverse(f"visits:visit_{name}", args=[hidden.reference])
        assert client.get(url).status_code == 404
    for name in ("end", "announce", "approve", "join"):
        url = reverse(f"visits:visit_{name}", args=[hidden.reference])
        assert client.post(url, {"reason": "x"}).status_code == 404


def test_visit_confirm_is_the_leads_alone(client, liaison, leader, js):
    visit = VisitFactory(held=True, officials=[leader.cadre], places=[js.tangzhang])
    client.force_login(liaison)

    response = client.post(reverse("visits:visit_confirm", args=[visit.reference]))

    assert response.status_code == 403


def test_visit_end_needs_a_reason(client, liaison, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=5),
    )
    client.force_login(liaison)
    url = reverse("visits:visit_end", args=[visit.reference])

    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "防汛"})

    visit.refresh_from_db()
    assert (visit.state, visit.reason_ended) == (VisitState.CANCELLED, "防汛")


@pytest.mark.parametrize("count", [1, 3])
def test_visit_detail_costs_the_same_for_any_number_of_stops(
    client, liaison, leader, js, count, django_assert_num_queries
):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang, js.liuji, js.shitun][:count],
        count=count,
    )
    client.force_login(liaison)

    with django_assert_num_queries(16):
        client.get(visit.get_absolute_url())


def coming(leader, state, **more):
    return VisitFactory(
        officials=[leader.cadre],
        places=more.pop("places"),
        unit=leader.cadre.unit,
        state=state,
        starts_at=timezone.now() + timedelta(days=more.pop("days", 5)),
        **more,
    )


@pytest.mark.parametrize(
    ("who", "state", "days", "offered"),
    [
        ("leader", "planned", 5, {"may_change", "may_approve", "may_end"}),
        ("liaison", "planned", 5, {"may_change", "may_end"}),
        ("liaison", "draft", 5, {"may_change", "may_end"}),
        ("liaison", "approved", 5, {"may_change", "may_announce", "may_end"}),
        ("liaison", "announced", 5, {"may_change", "may_end"}),
        ("liaison", "approved", -5, {"may_change", "may_log", "may_end"}),
        ("liaison", "draft", -5, {"may_change", "may_end"}),
        ("liaison", "logged", -5, {"may_log"}),
        ("leader", "logged", -5, {"may_log", "may_confirm"}),
        ("leader", "confirmed", -5, {"may_log"}),
        ("leader", "cancelled", -5, set()),
        ("leader", "not_held", -5, set()),
        ("clerk", "planned", 5, set()),
        ("clerk", "logged", -5, set()),
        ("district_admin", "planned", 5, {"may_change", "may_approve", "may_end"}),
        ("district_admin", "logged", -5, {"may_log"}),
    ],
)
def test_visit_detail_offers_each_what_they_may(
    client, request, leader, js, xuzhou_office, who, state, days, offered
):
    AccountFactory(username="clerk", role=Role.CLERK, role__unit=xuzhou_office)
    more = {"confirmed_at": timezone.now(), "confirmed_by": leader}
    ended = {"reason_ended": "防汛"} if state in ("cancelled", "not_held") else {}
    visit = coming(
        leader,
        state,
        days=days,
        places=[js.tangzhang],
        **(more if state == "confirmed" else {}),
        **ended,
    )
    people = {"clerk": lambda: Account.objects.get(username="clerk")}
    client.force_login(people.get(who, lambda: request.getfixturevalue(who))())

    shown = client.get(visit.get_absolute_url()).context

    buttons = ("change", "approve", "announce", "log", "confirm", "end")
    assert {f"may_{b}" for b in buttons if shown[f"may_{b}"]} == offered


def test_visit_approve_announce_and_no_further(client, liaison, leader, js):
    visit = coming(leader, VisitState.PLANNED, places=[js.tangzhang])

    def press(account, name):
        client.force_login(account)
        return client.post(reverse(f"visits:visit_{name}", args=[visit.reference]))

    assert press(liaison, "approve").status_code == 403
    press(leader, "approve")
    press(liaison, "announce")
    press(liaison, "announce")

    visit.refresh_from_db()
    assert visit.state == VisitState.ANNOUNCED
    kinds = visit.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["approved", "announced"]


@pytest.mark.parametrize(
    ("state", "days", "becomes"),
    [
        ("draft", -5, "cancelled"),
        ("planned", 5, "cancelled"),
        ("planned", -5, "not_held"),
        ("logged", -5, "logged"),
    ],
)
def test_visit_end_says_the_right_thing(
    client, liaison, leader, js, state, days, becomes
):
    visit = coming(leader, state, days=days, places=[js.tangzhang])
    client.force_login(liaison)

    client.post(reverse("visits:visit_end", args=[visit.reference]), {"reason": "防汛"})

    visit.refresh_from_db()
    assert visit.state == becomes


def test_visit_of_a_liaison_whose_mandate_has_ended_is_gone(
    client, liaison, leader, js
):
    visit = coming(leader, VisitState.DRAFT, places=[js.tangzhang])
    liaison.mandates.update(last=timezone.localdate() - timedelta(days=1))
    client.force_login(liaison)

    assert client.get(visit.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["approve", "announce", "confirm", "end", "join"])
def test_visit_moves_refuse_other_methods(client, leader, name):
    client.force_login(leader)

    url = reverse(f"visits:visit_{name}", args=["ABCDEFGH"])

    assert client.get(url).status_code == 405
