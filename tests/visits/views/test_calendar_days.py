import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import CalendarDay
from cadres.rules.working_days import Source
from tests.factories import (
    AccountFactory,
    CadreFactory,
    CalendarDayFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import letter_at, petition_office
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db
ADD = reverse("visits:calendar_day_create")
DAY = {
    "region": "national",
    "date": "2026-12-31",
    "is_workday": "0",
    "name": "元旦",
    "source": "plan",
    "told": "",
}


@pytest.fixture(autouse=True)
def signed_in(client, district_admin):
    client.force_login(district_admin)
    client.cookies["django_language"] = "en"


def visit_on(day, place, **other):
    unit = UnitFactory(place=place, name=f"{uuid.uuid4()}")
    return VisitFactory(
        unit=unit, officials=[CadreFactory(unit=unit)], places=[place],
        starts_at=at(f"{day} 09:00"), **other,
    )  # fmt: skip


def change_of(day):
    return reverse("visits:calendar_day_change", args=[day.pk])


def remove_of(day):
    return reverse("visits:calendar_day_remove", args=[day.pk])


def test_a_day_on_which_nothing_is_planned_is_saved_at_once(client, district_admin):
    response = client.post(ADD, DAY)

    day = CalendarDay.objects.get()
    assert (day.date, day.is_workday) == (date(2026, 12, 31), False)
    assert (day.name, day.edited_by) == ("元旦", district_admin)
    assert response.url.endswith("?year=2026&region=national")


def test_planned_visits_are_shown_before_a_day_is_saved(client, js):
    visit_on("2026-12-31", js.tangzhang)
    visit_on("2026-12-31", js.gulou_nj)
    visit_on("2026-12-30", js.tangzhang)
    visit_on("2026-12-31", js.gulou, state=VisitState.CANCELLED, reason_ended="暴雨")

    asked = client.post(ADD, DAY)

    assert asked.status_code == 200
    assert asked.context["planned"] == 2
    assert "2 visits are planned on" in asked.content.decode()
    assert not CalendarDay.objects.exists()

    told = asked.context["form"]["told"].value()
    assert client.post(ADD, DAY | {"told": told}).status_code == 302
    assert CalendarDay.objects.exists()


def test_another_day_is_told_anew(client, js):
    visit_on("2026-12-31", js.tangzhang)

    for told in ("2026-12-30/0", "2026-12-31/1"):
        assert client.post(ADD, DAY | {"told": told}).context["planned"] == 1
    assert not CalendarDay.objects.exists()


def test_a_hidden_visit_is_not_counted(client, js):
    ends = timezone.now() + timedelta(hours=1)
    visit_on("2026-12-31", js.tangzhang, mode=Mode.UNANNOUNCED, hidden_until=ends)

    assert client.post(ADD, DAY).status_code == 302


def test_of_a_region_only_visits_that_go_there_are_counted(client, js):
    visit_on("2026-12-31", js.gulou_nj)
    visit_on("2026-12-31", js.tangzhang)

    asked = client.post(ADD, DAY | {"region": "3203", "source": "local"})

    assert asked.context["planned"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "0001-01-01"),
        ("date", "9999-12-31"),
        ("date", "2026-02-30"),
        ("date", "\x00"),
        ("date", ""),
        ("region", "3201"),
        ("region", "长" * 10_000),
        ("is_workday", ""),
        ("is_workday", "2"),
        ("name", ""),
        ("name", "\x00"),
        ("name", "长" * 10_000),
        ("source", "rumour"),
    ],
)
def test_bad_input_is_answered_beside_the_field(client, field, value):
    response = client.post(ADD, DAY | {field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not CalendarDay.objects.exists()


def test_a_day_that_is_there_is_refused_beside_the_date(client):
    CalendarDayFactory(date=date(2026, 12, 31))

    response = client.post(ADD, DAY)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["date"]


def test_a_day_sent_twice_is_one_day(client):
    for _n in range(2):
        assert client.post(ADD, DAY).status_code == 302

    assert CalendarDay.objects.count() == 1


def test_changing_a_day_shows_its_visits_first(client, js):
    visit_on("2026-12-31", js.tangzhang)
    day = CalendarDayFactory(date=date(2026, 12, 31))

    shown = client.get(change_of(day))
    typed = {"is_workday": "1", "name": "上班", "source": "local"}
    response = client.post(change_of(day), typed)

    assert shown.context["planned"] == 1
    assert response.status_code == 302
    day.refresh_from_db()
    assert (day.is_workday, day.name, day.source) == (True, "上班", "local")


def test_removing_a_day_asks_first(client, district_admin):
    day = CalendarDayFactory(date=date(2050, 7, 1), edited_by=district_admin)

    assert client.get(remove_of(day)).status_code == 200
    assert CalendarDay.objects.exists()

    assert client.post(remove_of(day)).status_code == 302
    assert not CalendarDay.objects.exists()
    assert client.post(remove_of(day)).status_code == 404


def test_a_day_of_the_plan_is_not_removed(client):
    day = CalendarDayFactory(source=Source.PLAN)

    response = client.post(remove_of(day), follow=True)

    assert [m.level_tag for m in response.context["messages"]] == ["error"]
    assert CalendarDay.objects.exists()


def test_the_calendar_of_another_place_is_not_found(client):
    day = CalendarDayFactory(region="3201", source=Source.LOCAL)

    assert client.get(change_of(day)).status_code == 404
    assert client.post(change_of(day), DAY).status_code == 404
    assert client.post(remove_of(day)).status_code == 404


@pytest.mark.parametrize("pk", [0, 99_999_999_999_999_999_999])
def test_an_unknown_day_is_not_found(client, pk):
    for name in ("calendar_day_change", "calendar_day_remove"):
        assert client.get(reverse(f"visits:{name}", args=[pk])).status_code == 404


def test_those_who_do_not_keep_the_calendar_may_not_change_it(client, liaison):
    day = CalendarDayFactory(source=Source.LOCAL)

    for account in (liaison, AccountFactory()):
        client.force_login(account)
        for address in (ADD, change_of(day), remove_of(day)):
            assert client.get(address).status_code == 403
            assert client.post(address, DAY).status_code == 403
    assert CalendarDay.objects.count() == 1


def test_letters_whose_dates_would_move_are_counted_first_but_never_sealed_ones(
    client, js
):
    """The 15 days from 20 November end on a Saturday: the office acts on the Friday."""
    office = petition_office(js.xuzhou)
    for is_sealed in (False, True):
        letter_at(
            js.huancheng,
            office=office,
            now=at("2026-11-20 10:00"),
            complains_about_someone=is_sealed,
        )
    day = DAY | {"date": "2026-12-04", "name": "本地节日"}

    asked = client.post(ADD, day)

    [moved] = asked.context["moved"]
    assert (moved.clock, moved.earlier, moved.later) == ("C1", 1, 0)
    assert not CalendarDay.objects.exists()
    told = asked.context["form"]["told"].value()
    assert client.post(ADD, day | {"told": told}).status_code == 302
    removing = client.get(remove_of(CalendarDay.objects.get()))
    assert removing.status_code == 200
    assert CalendarDay.objects.exists()
