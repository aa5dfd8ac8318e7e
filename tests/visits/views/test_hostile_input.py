"""Garbage, thrown at every page of plans, logs and actions: never a 5xx, never a row."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import VisitFactory
from tests.visits.views.sheets import page_sends, sheet
from visits.models import Action, Visit

pytestmark = pytest.mark.django_db
GARBAGE = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "²",
    "٣",
    "1e9",
    "9" * 30,
    str(2**63 - 1),
    str(2**31),
    "长" * 10_000,
    "😀𠮷㐂",
    "\u202e",
    "<script>",
    "%s%n{}",
    "'; --",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "24:00",
    "00:00",
    "on",
    "stops-0:9999-12-31",
    "stops-0:2026-12-01T09:00/9999-12-31T09:00",
    "stops-99:2026-12-01",
]
BUTTONS = [
    "add_stops",
    "add_none",
    "drop_stops",
    "drop_team",
    "drop_x",
    "use_day",
    "use_window",
    "restore",
    "save_draft",
]


def spoil(chance, sent):
    """Some fields replaced, taken away, doubled or invented."""
    sent = dict(sent)
    # The place field has its own tests.
    names = [name for name in sent if "place" not in name]
    for name in chance.sample(names, min(len(names), chance.randint(1, 6))):
        kind = chance.random()
        if kind < 0.1:
            del sent[name]
        elif kind < 0.2:
            sent[name] = [chance.choice(GARBAGE), chance.choice(GARBAGE)]
        else:
            sent[name] = chance.choice(GARBAGE)
    if chance.random() < 0.4:
        sent[chance.choice(BUTTONS)] = chance.choice(GARBAGE)
    return sent


@pytest.fixture
def addresses(leader, js, xuzhou_office):
    """Each address that takes a form, with what its page sends."""
    yesterday = timezone.now() - timedelta(days=1)
    past = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang, js.shitun],
        places__activities=["publicity", "study", "reception", "onsite"],
        starts_at=yesterday,
        hours=1,
        count=2,
        unit=xuzhou_office,
    )
    coming = VisitFactory(
        officials=[leader.cadre],
        places=[js.liuji],
        starts_at=timezone.now() + timedelta(days=5),
        unit=xuzhou_office,
    )
    plan = sheet(leader.cadre, js.tangzhang)
    return {
        reverse("visits:visit_plan"): plan,
        reverse("visits:visit_check"): plan,
        reverse("visits:visit_join", args=[coming.reference]): plan,
        reverse("visits:visit_change", args=[coming.reference]): None,
        reverse("visits:visit_log", args=[past.reference]): None,
        reverse("visits:visit_end", args=[coming.reference]): {"reason": "x"},
        reverse("visits:action_create"): None,
    }


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(it, marks=pytest.mark.long) for it in (2, 3, 4))]
)
def test_no_garbage_is_a_server_error(client, liaison, addresses, seed):
    chance = random.Random(seed)
    client.force_login(liaison)
    for address, fields in addresses.items():
        sent = fields or page_sends(client.get(address))
        for _n in range(4):
            response = client.post(address, spoil(chance, sent))
            assert response.status_code in (200, 302, 422), address


@pytest.mark.parametrize("garbage", GARBAGE)
def test_no_garbage_in_an_address_is_a_server_error(client, liaison, garbage):
    client.force_login(liaison)
    for name in ("visits:visit_plan", "visits:action_list", "visits:action_create"):
        query = dict.fromkeys(("place", "official", "date", "action"), garbage)
        assert client.get(reverse(name), query).status_code in (200, 400)
    check = reverse("visits:visit_check")
    response = client.post(check, query_params={"visit": garbage or "x"})
    assert response.status_code in (400, 404)


def test_unknown_records_are_not_found(client, leader):
    client.force_login(leader)
    for name in ("detail", "change", "log"):
        url = reverse(f"visits:visit_{name}", args=["N0SUCH"])
        assert client.get(url).status_code == 404
    for name in ("end", "announce", "approve", "confirm", "join"):
        url = reverse(f"visits:visit_{name}", args=["N0SUCH"])
        assert client.post(url, {"reason": "x"}).status_code == 404
    url = reverse("visits:action_detail", args=["N0SUCH"])
    assert client.get(url).status_code == 404


def test_nothing_is_saved_by_looking(client, liaison, addresses):
    client.force_login(liaison)
    before = Visit.objects.count()

    for address in addresses:
        assert client.get(address).status_code in (200, 405)

    assert (Visit.objects.count(), Action.objects.count()) == (before, 0)
