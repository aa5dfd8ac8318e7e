from datetime import date

import pytest
from django.urls import reverse

from cadres.actions.load_calendar import load_calendar
from cadres.rules.roles import Role
from cadres.rules.working_days import Source
from tests.factories import AccountFactory, CalendarDayFactory

pytestmark = pytest.mark.django_db
YEAR = reverse("cadres:calendar_days")
ADD = reverse("visits:calendar_day_create")


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


@pytest.mark.parametrize("role", [*Role.values, None])
def test_everyone_reads_the_calendar(client, role):
    client.force_login(AccountFactory(role=role))

    assert client.get(YEAR).status_code == 200


def test_the_calendar_asks_for_a_sign_in(client):
    assert client.get(YEAR).status_code == 302


def test_the_calendar_marks_rest_and_make_up_days(client, liaison):
    load_calendar(years=[2026, 2027])
    client.force_login(liaison)

    text = client.get(YEAR, {"year": "2026"}).content.decode()

    assert "248 working days, 117 rest days" in text
    assert text.count('class="is-make-up') == 6
    assert 'title="make-up day for Spring Festival"' in text
    assert "Provisional" not in text
    assert ADD not in text


def test_the_calendar_says_that_a_year_is_provisional(client, liaison):
    load_calendar(years=[2026, 2027])
    client.force_login(liaison)

    text = client.get(YEAR, {"year": "2027"}).content.decode()

    assert "Provisional" in text
    assert "plan for 2027 is not in the calendar yet" in text
    assert 'class="is-make-up' not in text


@pytest.mark.parametrize(
    "year", ["abc", "0001", "9999", "2100", "2000", "9" * 30, "-1", "２０２６", ""]
)
def test_the_calendar_shows_this_year_for_a_bad_address(client, liaison, year):
    client.force_login(liaison)

    response = client.get(YEAR, {"year": year, "region": "'; drop"})

    assert response.context["it"].year == date.today().year
    assert response.context["region"] == "national"


def test_those_who_keep_the_calendar_find_the_ways_to_change_it(client, district_admin):
    loaded = CalendarDayFactory(date=date(2026, 5, 1))
    own = CalendarDayFactory(date=date(2026, 5, 9), region="3203", source=Source.LOCAL)
    client.force_login(district_admin)

    text = client.get(YEAR, {"year": "2026", "region": "3203"}).content.decode()

    assert ADD in text
    for day, may_go in ((loaded, False), (own, True)):
        assert reverse("visits:calendar_day_change", args=[day.pk]) in text
        remove = reverse("visits:calendar_day_remove", args=[day.pk])
        assert (remove in text) == may_go
    assert district_admin.grants_today[0].place.path in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_costs_the_same_for_any_number_of_days(
    client, liaison, count, django_assert_num_queries
):
    for n in range(count):
        CalendarDayFactory(
            date=date(2026, 5, 1 + n), edited_by=AccountFactory(), source="local"
        )
    client.force_login(liaison)

    # Sign-in (2), roles, regions, the calendar, its rows.
    with django_assert_num_queries(6):
        response = client.get(YEAR, {"year": "2026"})

    assert len(response.context["it"].days) == count
