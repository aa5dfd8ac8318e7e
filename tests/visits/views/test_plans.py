import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    CadreFactory,
    ContactPointFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.visits.views.sheets import days_ahead, page_sends, sheet
from visits.actions.join_visit import join_visit
from visits.models import Absence, DiaryEntry, Visit
from visits.rules.visit_states import Mode, VisitState

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


def change_url(visit):
    return reverse("visits:visit_change", args=[visit.reference])


def test_visit_plan_fills_in_what_a_link_says(client, liaison, leader, js):
    client.force_login(liaison)

    response = client.get(
        reverse("visits:visit_plan"),
        {"place": js.tangzhang.pk, "official": leader.cadre.pk, "date": "2027-01-04"},
    )

    sent = page_sends(response)
    assert sent["stops-0-place_id"] == str(js.tangzhang.pk)
    assert sent["stops-0-day"] == "2027-01-04"
    assert sent["team-0-official"] == str(leader.cadre.pk)


@pytest.mark.parametrize(
    "query",
    [
        {"place": "x"},
        {"place": "9" * 18},
        {"place": "²"},
        {"official": "9" * 18},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"date": "x"},
        {"action": "NOSUCH"},
    ],
)
def test_visit_plan_leaves_out_what_is_strange_in_a_link(client, liaison, query):
    client.force_login(liaison)

    assert client.get(reverse("visits:visit_plan"), query).status_code == 200


def test_visit_plan_sent_twice_is_one_visit(client, liaison, leader, js):
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.tangzhang)

    first = client.post(reverse("visits:visit_plan"), sent)
    second = client.post(reverse("visits:visit_plan"), sent)

    assert first.url == second.url
    assert Visit.objects.count() == 1


def test_visit_plan_puts_stops_in_the_order_of_time(client, liaison, leader, js):
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.tangzhang) | {"stops-TOTAL_FORMS": "2"}
    sent |= {
        name.replace("stops-0", "stops-1"): value
        for name, value in sent.items()
        if name.startswith("stops-0")
    }
    sent |= {"stops-0-starts": "14:00", "stops-0-ends": "15:00"}
    sent |= {"stops-1-place": js.shitun.path, "stops-1-place_id": js.shitun.pk}

    client.post(reverse("visits:visit_plan"), sent)

    stops = Visit.objects.get().stops.order_by("position")
    assert [stop.place for stop in stops] == [js.shitun, js.tangzhang]


def test_visit_plan_says_overlapping_stops_beside_the_later_one(
    client, liaison, leader, js
):
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.tangzhang) | {"stops-TOTAL_FORMS": "2"}
    sent |= {
        name.replace("stops-0", "stops-1"): value
        for name, value in sent.items()
        if name.startswith("stops-0")
    }
    sent |= {"stops-0-starts": "10:00", "stops-0-ends": "12:00"}

    response = client.post(reverse("visits:visit_plan"), sent)

    forms = response.context["sheet"].sets["stops"].forms
    assert ["starts" in form.errors for form in forms] == [True, False]


@pytest.mark.parametrize(
    ("count", "status"), [("21", 422), ("-3", 422), ("²", 422), ("", 422)]
)
def test_visit_plan_bears_any_number_of_rows(
    client, liaison, leader, js, count, status
):
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.tangzhang) | {"stops-TOTAL_FORMS": count}

    for address in ("visits:visit_plan", "visits:visit_check"):
        response = client.post(reverse(address), sent)
        assert response.status_code in (200, status)
    for name in ("stops-TOTAL_FORMS", "stops-INITIAL_FORMS"):
        sent.pop(name)
    assert client.post(reverse("visits:visit_plan"), sent).status_code == 422
    assert not Visit.objects.exists()


def test_visit_plan_does_not_plan_for_an_official_who_is_away(
    client, liaison, leader, js
):
    absence = Absence.objects.create(
        cadre=leader.cadre,
        kind="training",
        first=days_ahead(7),
        last=days_ahead(7),
        recorded_by=liaison,
    )
    DiaryEntry.objects.create(
        official=leader.cadre,
        absence=absence,
        starts_at=at(f"{days_ahead(7)} 00:00"),
        ends_at=at(f"{days_ahead(8)} 00:00"),
    )
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    )

    [clash] = response.context["clashes"]
    assert clash.absence == absence
    assert "use_window" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"valid_to": "2020-12-31"}, "place"),
        ({"valid_from": "2999-01-01"}, "place"),
        ({"is_virtual": True}, "place"),
    ],
)
def test_visit_plan_says_beside_the_field_that_a_place_is_none(
    client, liaison, leader, js, changes, error
):
    type(js.tangzhang).objects.filter(pk=js.tangzhang.pk).update(**changes)
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang)
    )

    assert response.status_code == 422
    assert error in response.context["sheet"].sets["stops"].forms[0].errors


def test_visit_plan_takes_the_offered_window_for_the_stop_that_clashes(
    client, liaison, leader, js
):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=at(f"{days_ahead(7)} 13:00"),
        hours=2,
    )
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.liuji) | {"stops-TOTAL_FORMS": "2"}
    sent |= {
        name.replace("stops-0", "stops-1"): value
        for name, value in sent.items()
        if name.startswith("stops-0")
    }
    # The first row on the page is the later one in time, and the one that clashes.
    sent |= {"stops-0-starts": "13:30", "stops-0-ends": "14:30"}

    refused = client.post(reverse("visits:visit_plan"), sent)
    [offer, *_others] = re.findall(
        'name="use_window" value="([^"]+)"', refused.content.decode()
    )
    shown = client.post(
        reverse("visits:visit_plan"), page_sends(refused, use_window=offer)
    )
    saved = client.post(reverse("visits:visit_plan"), page_sends(shown))

    assert offer.startswith("stops-0:")
    assert saved.status_code == 302


def test_visit_plan_joined_in_vain_is_still_a_plan(client, liaison, leader, js):
    there = VisitFactory(
        places=[js.tangzhang],
        officials=[leader.cadre],
        starts_at=timezone.now() + timedelta(days=5),
    )
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_join", args=[there.reference]),
        sheet(leader.cadre, js.liuji, purpose="供水"),
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "供水" in page
    assert f'action="{reverse("visits:visit_plan")}"' in page


def test_visit_plan_shows_again_what_the_sign_in_interrupted(
    client, liaison, leader, js
):
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_plan"),
        sheet(leader.cadre, js.tangzhang, restore="1", purpose="没写完", mode="x"),
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "没写完" in page
    assert js.tangzhang.path in page
    assert not Visit.objects.exists()


def test_visit_plan_follows_the_list_of_contact_points(client, liaison, leader, js):
    ContactPointFactory(cadre=leader.cadre, place=js.tangzhang)
    client.force_login(liaison)

    client.post(reverse("visits:visit_plan"), sheet(leader.cadre, js.village))
    visit = Visit.objects.get()
    page = client.get(change_url(visit))
    client.post(change_url(visit), page_sends(page, is_contact_point="no"))

    assert visit.is_contact_point is True
    visit.refresh_from_db()
    assert visit.is_contact_point is False
    again = page_sends(client.get(change_url(visit)))
    assert again["is_contact_point"] == "no"


def test_visit_change_of_nothing_keeps_the_plan(client, liaison, leader, js):
    client.force_login(liaison)
    client.post(reverse("visits:visit_plan"), sheet(leader.cadre, js.tangzhang))
    visit = Visit.objects.get()

    response = client.post(change_url(visit), page_sends(client.get(change_url(visit))))

    assert response.url == visit.get_absolute_url()
    assert [stop.place for stop in visit.stops.all()] == [js.tangzhang]
    assert visit.team.get().official == leader.cadre


def test_visit_change_tells_who_joined_meanwhile(
    client, liaison, leader, js, xuzhou_office
):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=5),
        unit=xuzhou_office,
    )
    client.force_login(liaison)
    mine = page_sends(client.get(change_url(visit)), purpose="我的版本")
    late = CadreFactory(name="吴丽华", unit=xuzhou_office)
    join_visit(visit, by=liaison, officials=[late], now=timezone.now())

    response = client.post(change_url(visit), mine)

    [theirs] = response.context["theirs"]
    assert theirs["event"].kind == "joined"
    assert "吴丽华" in str(theirs["changes"])
    assert "我的版本" in response.content.decode()


def test_visit_change_keeps_what_was_typed_when_it_was_logged_meanwhile(
    client, liaison, leader, js
):
    visit = VisitFactory(
        officials=[leader.cadre], places=[js.tangzhang], unit=leader.unit
    )
    client.force_login(liaison)
    mine = page_sends(client.get(change_url(visit)), purpose="我的版本")
    Visit.objects.filter(pk=visit.pk).update(
        state=VisitState.LOGGED, logged_at=timezone.now(), version=2
    )

    first = client.post(change_url(visit), mine)
    second = client.post(change_url(visit), page_sends(first))

    assert (first.status_code, second.status_code) == (422, 422)
    assert "我的版本" in second.content.decode()


def test_visit_check_says_to_those_below_nothing_of_a_hidden_visit(
    client, county_admin, js
):
    official = CadreFactory(unit=county_admin.unit)
    client.force_login(county_admin)
    sent = sheet(official, js.tangzhang)
    near = {"starts_at": at(f"{days_ahead(6)} 09:00"), "places": [js.tangzhang]}
    VisitFactory(**near, unit=UnitFactory(name="另一县办", place=js.tongshan))
    check = reverse("visits:visit_check")

    without = client.post(check, sent).content
    for hidden_place in (js.tangzhang, js.village, js.liuji):
        for day in (3, 7, 9, 12):
            VisitFactory(
                mode=Mode.UNANNOUNCED,
                places=[hidden_place],
                starts_at=at(f"{days_ahead(day)} 09:00"),
                unit=UnitFactory(name=f"市直{day}{hidden_place.pk}", place=js.xuzhou),
            )
    with_hidden = client.post(check, sent).content

    assert b"use_day" in without
    assert with_hidden == without


def test_visit_check_tells_peers_of_a_hidden_visit_no_more_than_that_it_is(
    client, liaison, leader, js
):
    secret = VisitFactory(
        mode=Mode.UNANNOUNCED,
        purpose="暗访食品安全",
        places=[js.village],
        starts_at=at(f"{days_ahead(6)} 09:00"),
        unit=UnitFactory(name="市市场监管局", place=js.xuzhou),
    )
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_check"), sheet(leader.cadre, js.tangzhang)
    )

    page = response.content.decode()
    assert response.context["crowding"].unnamed
    for word in (secret.purpose, secret.reference, "监管局", "牌坊村", "use_day"):
        assert word not in page


def test_visit_check_passes_over_rows_that_are_half_typed_or_taken_out(
    client, liaison, leader, js
):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=at(f"{days_ahead(7)} 10:00"),
    )
    client.force_login(liaison)
    sent = sheet(leader.cadre, js.tangzhang)
    half = sent | {"stops-0-ends": "", "purpose": "", "team-0-part": ""}
    out = sent | {"stops-0-DELETE": "on"}

    for data in (half, out, {}):
        response = client.post(reverse("visits:visit_check"), data)
        assert (response.status_code, response.context["clashes"]) == (200, [])


@pytest.mark.parametrize("count", [1, 3])
def test_visit_check_costs_the_same_for_any_number_of_neighbours(
    client, liaison, leader, js, count, django_assert_num_queries
):
    for n in range(count):
        VisitFactory(
            places=[js.tangzhang],
            starts_at=at(f"{days_ahead(7)} 09:00"),
            unit=UnitFactory(name=f"局{n}", place=js.xuzhou),
        )
    client.force_login(liaison)

    with django_assert_num_queries(13):
        client.post(reverse("visits:visit_check"), sheet(leader.cadre, js.tangzhang))


@pytest.mark.parametrize(
    ("name", "args"), [("plan", 0), ("change", 1), ("log", 1), ("check", 0)]
)
def test_visit_pages_refuse_other_methods(client, liaison, name, args):
    client.force_login(liaison)
    url = reverse(f"visits:visit_{name}", args=["ABCDEFGH"][:args])

    assert client.delete(url).status_code == 405
    assert client.put(url).status_code == 405


def test_visit_plan_is_for_those_who_may_plan(client, reader):
    client.force_login(reader)

    assert client.get(reverse("visits:visit_plan")).status_code == 403
