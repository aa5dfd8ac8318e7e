from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import VisitFactory
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

    with django_assert_num_queries(13):
        client.get(visit.get_absolute_url())
