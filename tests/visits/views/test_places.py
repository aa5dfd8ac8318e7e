from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.actions.load_places import load_places
from cadres.models import AuditEntry, Succession, Venue
from tests.factories import (
    AccountFactory,
    CadreFactory,
    ContactPointFactory,
    PlaceFactory,
    UnitFactory,
    VisitFactory,
)
from visits.reports.place_page import PER_PAGE
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db


def in_days(days):
    """At nine, so that no visit reaches into another day."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def page_of(client, place, **query):
    return client.get(place.get_absolute_url(), query)


def days_below(response):
    return {row.place: row.days for row in response.context["below"]}


def test_place_detail_shows_the_place(client, liaison, leader, js):
    Venue.objects.create(place=js.tangzhang, name="党群服务中心", kind="hall")
    ContactPointFactory(cadre=leader.cadre, place=js.tangzhang)
    ContactPointFactory(
        cadre=CadreFactory(name="旧联系", unit=leader.cadre.unit),
        place=js.tangzhang,
        last=date(2025, 1, 1),
    )
    client.force_login(liaison)

    response = page_of(client, js.tangzhang)

    page = response.content.decode()
    assert "党群服务中心" in page
    assert "320312106" in page
    assert [it.cadre for it in response.context["contacts"]] == [leader.cadre]
    assert [it.pk for it in response.context["above"]] == js.tangzhang.chain_ids
    assert f"{reverse('visits:visit_plan')}?place={js.tangzhang.pk}" in page


def test_place_detail_lists_visits_there_and_below(client, liaison, leader, js):
    official = [leader.cadre]
    coming = VisitFactory(officials=official, places=[js.village], starts_at=in_days(5))
    past = VisitFactory(
        officials=official, places=[js.tangzhang], starts_at=in_days(-5), held=True
    )
    VisitFactory(officials=official, places=[js.shitun], starts_at=in_days(6))
    VisitFactory(
        officials=official,
        places=[js.tangzhang],
        starts_at=in_days(7),
        state=VisitState.CANCELLED,
        reason_ended="大雪",
    )
    client.force_login(liaison)

    response = page_of(client, js.tangzhang)

    assert response.context["coming"] == [coming]
    assert response.context["past"] == [past]


def test_place_detail_says_how_long_nobody_was_there(client, liaison, leader, js):
    unit = leader.cadre.unit
    for days in (-40, -12):
        VisitFactory(unit=unit, places=[js.village], starts_at=in_days(days), held=True)
    VisitFactory(unit=unit, places=[js.liuji], starts_at=in_days(-3))  # not held
    client.force_login(liaison)

    assert days_below(page_of(client, js.tongshan)) == {
        js.liuji: None,
        js.tangzhang: 12,
    }
    assert days_below(page_of(client, js.tangzhang)) == {js.village: 12}
    assert days_below(page_of(client, js.xuzhou)) == {js.gulou: None, js.tongshan: 12}


def test_place_detail_hides_an_unannounced_visit_from_strangers(
    client, liaison, leader, district_admin, county_admin, js
):
    """Neither the list nor the days since the last visit let on (handbook 4.3)."""
    VisitFactory(
        officials=[leader.cadre],
        places=[js.village],
        starts_at=timezone.now() - timedelta(hours=5),
        mode=Mode.UNANNOUNCED,
        purpose="暗访",
        held=True,
    )

    for stranger in (district_admin, county_admin):
        client.force_login(stranger)
        response = page_of(client, js.tangzhang)
        assert "暗访" not in response.content.decode()
        assert days_below(response) == {js.village: None}
    client.force_login(liaison)
    response = page_of(client, js.tangzhang)
    assert "暗访" in response.content.decode()
    assert days_below(response)[js.village] is not None


def test_place_detail_pages_through_the_past(client, liaison, leader, js):
    visits = [
        VisitFactory(
            officials=[leader.cadre],
            places=[js.shitun],
            starts_at=in_days(-2 - n),
            held=True,
        )
        for n in range(PER_PAGE + 2)
    ]
    client.force_login(liaison)

    first = page_of(client, js.shitun)
    assert first.context["past"] == visits[:PER_PAGE]
    second = client.get(
        js.shitun.get_absolute_url() + first.context["pager"]["next_url"]
    )
    assert second.context["past"] == visits[PER_PAGE:]
    back = client.get(
        js.shitun.get_absolute_url() + second.context["pager"]["previous_url"]
    )
    assert back.context["past"] == visits[:PER_PAGE]


@pytest.mark.parametrize("mark", ["", "x", "NOSUCH99", "长" * 500])
def test_place_detail_answers_strange_marks(client, liaison, js, mark):
    client.force_login(liaison)

    assert page_of(client, js.shitun, older=mark, newer=mark).status_code == 200


@pytest.mark.parametrize("pk", [0, 2**31, 2**63 - 1, 2**63, 10**40])
def test_place_detail_of_no_place_is_not_found(client, liaison, js, pk):
    client.force_login(liaison)

    assert client.get(f"/places/{pk}/").status_code == 404


def test_place_detail_of_a_closed_place_tells_what_became_of_it(client, liaison, js):
    closed = PlaceFactory(
        code="320304", name="九里区", parent=js.xuzhou, valid_to=date(2010, 12, 30)
    )
    Succession.objects.create(
        predecessor=closed, successor=js.gulou, reason="merged", on=date(2010, 12, 31)
    )
    client.force_login(liaison)

    page = page_of(client, closed).content.decode()

    assert js.gulou.get_absolute_url() in page
    assert "visits/plan/" not in page
    assert closed.get_absolute_url() in page_of(client, js.gulou).content.decode()
    assert closed.get_absolute_url() not in page_of(client, js.xuzhou).content.decode()


def test_place_detail_skips_dummy_rows(client, liaison, js):
    dummy = PlaceFactory(code="3290", name="直辖", parent=js.js, is_virtual=True)
    county = PlaceFactory(code="329001", name="某市", parent=dummy)
    client.force_login(liaison)

    below = days_below(page_of(client, js.js))

    assert county in below
    assert dummy not in below
    crumbs = page_of(client, county).context["above"]
    assert [place.name for place in crumbs] == ["江苏省", "某市"]


def test_place_detail_shows_no_visits_to_those_who_may_see_none(client, js, reader):
    client.force_login(reader)

    response = page_of(client, js.tangzhang)

    assert response.status_code == 200
    assert "coming" not in response.context
    assert response.context["shows_ages"]
    client.force_login(AccountFactory())
    assert page_of(client, js.tangzhang).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_place_detail_costs_the_same_for_any_number(
    client, liaison, leader, js, count, django_assert_num_queries
):
    unit = UnitFactory(place=js.xuzhou)
    for n in range(count):
        PlaceFactory(code=f"32031210630{n}", name=f"村{n}", parent=js.tangzhang)
        ContactPointFactory(
            cadre=CadreFactory(unit=leader.cadre.unit), place=js.tangzhang
        )
        Venue.objects.create(place=js.tangzhang, name=f"会堂{n}")
        for days in (-3, 3):
            VisitFactory(
                unit=unit,
                officials=[leader.cadre],
                places=[js.tangzhang],
                starts_at=in_days(days) + timedelta(hours=4 * n),
                held=days < 0,
            )
    client.force_login(liaison)

    # The sign-in (2), roles, mandates; the place, above, below, contacts, venues,
    # what it became and came from; visits with stops, places and teams, twice; open
    # questions, the reader's own ties; shared lessons, in the areas of the reader (2).
    with django_assert_num_queries(26):
        page_of(client, js.tangzhang)


def test_a_place_says_to_who_keeps_the_lists_what_changed(
    client, client_of, district_admin, liaison, js, english
):
    today = timezone.localdate()
    assert not AuditEntry.objects.filter(object_type="cadres.district").exists()
    load_places(["code,name", "320302,鼓楼新区"], on=today)
    Succession.objects.create(
        predecessor=js.gulou, successor=js.tongshan, reason="merged", on=today
    )
    district_admin.language = "en"
    district_admin.save()

    client.force_login(district_admin)
    page = client.get(js.gulou.get_absolute_url()).content.decode()
    heir = client.get(js.tongshan.get_absolute_url()).content.decode()

    assert "Name: 鼓楼区 → 鼓楼新区" in page
    assert "Became: Entered" in page and "Reason: Merged" in page
    assert "Came from: Entered" in heir
    entries = AuditEntry.objects.filter(object_type="cadres.district")
    assert set(entries.values_list("kind", flat=True)) == {"register"}
    theirs = client_of(liaison).get(js.gulou.get_absolute_url()).content.decode()
    assert "record-history" not in theirs
