from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import VisitFactory, at
from tests.visits.views.sheets import days_ahead, sheet
from visits.models import Visit

pytestmark = pytest.mark.django_db


def test_visit_plan_saves_and_shows_the_visit(client, liaison, leader, js):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    )

    visit = Visit.objects.get()
    assert response.url == visit.get_absolute_url()
    page = client.get(response.url).content.decode()
    assert "设施农业" in page
    assert js.tangzhang.path in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("purpose", "长" * 10_000),
        ("purpose", "\x00"),
        ("stops-0-ends", "08:00"),
        ("stops-0-day", "1890-01-01"),
        ("stops-0-day", "9999-12-31"),
        ("stops-0-day", "gestern"),
        ("stops-0-place_id", "99999999999999999999"),
        ("stops-0-activities", ["dancing"]),
        ("team-0-official", "99999999999999999999"),
        ("team-0-official", "x"),
        ("team-0-part", "king"),
        ("vehicles", "-1"),
        ("vehicles", "999999999999999999999"),
        ("client_key", "no"),
        ("mode", "secret"),
        ("stops-TOTAL_FORMS", "x"),
        ("stops-TOTAL_FORMS", "100000"),
        ("action", "NOSUCH"),
    ],
)
def test_visit_plan_answers_bad_input_and_saves_nothing(
    client, liaison, leader, js, field, typed
):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.tangzhang, **{field: typed}),
    )

    assert response.status_code == 422
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "typed", ["𠮷野家 㐂", "😀", "<script>alert(1)</script>", "%s"]
)
def test_visit_plan_keeps_rare_characters(client, liaison, leader, js, typed):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang, purpose=typed)
    )

    assert Visit.objects.get().purpose == typed
    assert "<script>alert" not in client.get(response.url).content.decode()


def test_visit_plan_keeps_what_was_typed_beside_the_message(
    client, liaison, leader, js
):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.jingkou, purpose="供水调研"),
    )

    page = response.content.decode()
    assert "供水调研" in page
    form = response.context["sheet"].sets["stops"].forms[0]
    assert "place" in form.errors


def test_visit_plan_refuses_to_plan_for_others(client, liaison, leader, js):
    liaison.mandates.all().delete()
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    )

    assert response.status_code == 422
    assert not Visit.objects.exists()


def test_visit_plan_adds_a_row_without_javascript(client, liaison, leader, js):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.tangzhang, add_stops="1", purpose=""),
    )

    assert response.status_code == 200
    assert len(response.context["sheet"].sets["stops"].forms) == 2
    assert js.tangzhang.path in response.content.decode()


def test_visit_plan_offers_ways_out_of_a_crowd(client, liaison, leader, js):
    there = VisitFactory(
        places=[js.tangzhang], starts_at=timezone.now() + timedelta(days=5)
    )
    client.force_login(liaison)

    refused = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    )
    saved = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.tangzhang, crowding_reason="防汛检查"),
    )

    [crowd] = refused.context["crowding"].crowds
    assert crowd.neighbours[0].visit == there
    assert 'name="use_day"' in refused.content.decode()
    assert saved.status_code == 302


def test_visit_plan_takes_the_offered_day(client, liaison, leader, js):
    client.force_login(liaison)
    day = days_ahead(12)

    response = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.tangzhang, use_day=f"stops-0:{day}"),
    )

    assert f'value="{day}"' in response.content.decode()
    assert not Visit.objects.exists()


def test_visit_check_warns_and_saves_nothing(client, liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=at(f"{days_ahead(7)} 10:00"),
    )
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_check"), sheet(leader.cadre, js.tangzhang, vehicles="9")
    )

    assert response.status_code == 200
    assert len(response.context["clashes"]) == 1
    assert len(response.context["burdens"]) == 1
    assert Visit.objects.count() == 1


def test_visit_join_makes_one_visit_of_two(client, liaison, leader, js):
    there = VisitFactory(
        places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=5),
        unit=leader.cadre.unit,
    )
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_join", args=[there.reference]),
        sheet(leader.cadre, js.tangzhang),
    )

    assert response.url == there.get_absolute_url()
    assert there.team.filter(official=leader.cadre, part="companion").exists()
    assert Visit.objects.count() == 1


def test_visit_change_shows_both_when_someone_was_faster(client, liaison, leader, js):
    client.force_login(liaison)
    url = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    ).url
    visit = Visit.objects.get()
    change = reverse("visits:visit_change", args=[visit.reference])
    mine = sheet(leader.cadre, js.tangzhang, purpose="我的版本", version="1")
    theirs = sheet(leader.cadre, js.tangzhang, purpose="他的版本", version="1")

    client.post(change, theirs)
    response = client.post(change, mine)

    page = response.content.decode()
    assert response.status_code == 422
    assert "他的版本" in page
    assert "我的版本" in page
    assert 'name="version" value="2"' in page
    again = client.post(change, mine | {"version": "2"})
    assert again.url == url
    visit.refresh_from_db()
    assert visit.purpose == "我的版本"
