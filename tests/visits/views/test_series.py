"""Pages of visits that recur."""

import uuid
from datetime import date

import icalendar
import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import (
    AbsenceFactory,
    AccountFactory,
    CalendarDayFactory,
    VisitFactory,
    at,
)
from tests.factories.series import MONDAY, series_of
from tests.visits.views.sheets import page_sends, sheet
from visits.actions.move_visit import cancel_visit
from visits.models import Series, Visit
from visits.reports.calendar_feed import feed_of
from visits.rules.visit_states import Mode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today_is", "in_english")]
PLAN = reverse("visits:series_plan")


@pytest.fixture
def today_is(monkeypatch):
    """It is Monday, 23 November 2026, whenever the tests are run."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


@pytest.fixture
def plans(client, liaison):
    client.force_login(liaison)
    return client


@pytest.fixture
def series(liaison, leader, js):
    return series_of(liaison, [leader.cadre], js.shitun)


def typed(official, place, **more):
    return {
        "purpose": "联系点走访",
        "mode": "announced",
        "place": place.path,
        "place_id": str(place.pk),
        "activities": ["study"],
        "first": "2026-11-26",
        "starts": "09:00",
        "ends": "11:30",
        "every": "weeks",
        "interval": "1",
        "count": "4",
        "on_rest": "skip",
        "client_key": str(uuid.uuid4()),
        "version": "0",
        "team-TOTAL_FORMS": "1",
        "team-INITIAL_FORMS": "0",
        "team-0-official": str(official.pk),
        "team-0-part": "lead",
    } | more


def test_the_dates_are_shown_before_anything_is_booked(plans, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-12-03 10:00"),
        purpose="老旧小区",
    )
    CalendarDayFactory(date=date(2026, 12, 10), is_workday=False, name="丰收节")

    response = plans.post(PLAN, typed(leader.cadre, js.shitun))

    page = response.content.decode()
    assert "4 dates" in page
    assert "老旧小区" in page
    assert "Day of rest (丰收节)" in page
    assert "Book 2 visits" in page
    assert not Series.objects.exists()
    stamp = response.context["stamp"]
    # What was changed since the look is looked at first.
    again = plans.post(PLAN, page_sends(response, book=stamp, ends="12:00"))
    assert (again.status_code, Series.objects.count()) == (200, 0)
    booked = plans.post(PLAN, page_sends(response, book=stamp))
    series = Series.objects.get()
    assert booked.url == series.get_absolute_url()
    page = plans.get(booked.url).content.decode()
    assert "2 booked, 2 left out" in page
    assert "Every week on Thursday" in page


def test_a_plan_that_was_typed_is_repeated(plans, leader, js):
    plan = sheet(leader.cadre, js.shitun, **{"stops-0-day": "2026-11-25"})

    response = plans.post(PLAN, plan | {"repeat": "1"})

    assert response.status_code == 200
    sent = page_sends(response)
    assert (sent["purpose"], sent["first"], sent["place_id"]) == (
        "设施农业",
        "2026-11-25",
        str(js.shitun.pk),
    )
    assert sent["team-0-official"] == str(leader.cadre.pk)
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "61"),
        ("count", "9" * 30),
        ("count", ""),
        ("last", "2027-01-01"),
        ("interval", "0"),
        ("every", "daily"),
        ("first", "2026-11-19"),
        ("first", "9999-12-31"),
        ("ends", "08:00"),
        ("place_id", "9" * 25),
        ("on_rest", "x"),
        ("team-0-official", "9" * 25),
        ("client_key", "x"),
        ("activities", []),
    ],
)
def test_bad_values_are_named_and_book_nothing(plans, leader, js, field, value):
    data = typed(leader.cadre, js.shitun, book="1") | {field: value}

    assert plans.post(PLAN, data).status_code == 422
    assert not Series.objects.exists()
    assert not Visit.objects.exists()


def test_a_skipped_date_is_booked_with_one_button(plans, liaison, leader, js):
    obstacle = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-12-03 10:00"),
    )
    series = series_of(liaison, [leader.cadre], js.shitun, count=3)
    address = reverse("visits:series_book", args=[series.reference, "2026-12-03"])
    assert address not in plans.get(series.get_absolute_url()).content.decode()

    cancel_visit(obstacle, by=liaison, reason="另有安排")

    assert address in plans.get(series.get_absolute_url()).content.decode()
    today = plans.get(reverse("visits:today")).content.decode()
    assert series.get_absolute_url() in today
    plans.post(address)
    assert series.dates.filter(visit__isnull=False).count() == 3


def test_one_visit_says_what_it_is_part_of(plans, series):
    visit = series.dates.first().visit

    page = plans.get(visit.get_absolute_url()).content.decode()

    assert series.get_absolute_url() in page


def test_all_from_here_on_are_changed(plans, series):
    address = reverse("visits:series_change", args=[series.reference, "2026-12-10"])
    sent = page_sends(plans.get(address), starts="14:00", ends="16:00")

    shown = plans.post(address, sent)
    assert shown.status_code == 200
    plans.post(address, page_sends(shown, book=shown.context["stamp"]))

    starts = Visit.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(starts[:3]) == [
        at("2026-11-26 09:00"),
        at("2026-12-03 09:00"),
        at("2026-12-10 14:00"),
    ]


def test_a_series_ends_with_a_reason(plans, series):
    address = reverse("visits:series_end", args=[series.reference])

    assert plans.post(address, {"version": "1"}).status_code == 422
    plans.post(address, {"version": "1", "reason": "联系点调整"})

    series.refresh_from_db()
    assert series.reason_ended == "联系点调整"
    assert set(Visit.objects.values_list("state", flat=True)) == {"cancelled"}
    assert "联系点调整" in plans.get(series.get_absolute_url()).content.decode()


def test_series_are_as_closed_as_their_visits(
    client_of, series, county_admin, district_admin, js
):
    stranger = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.yancheng)
    visited = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.gulou)
    clerk = AccountFactory(role=Role.CLERK, role__place=js.xuzhou)
    page = series.get_absolute_url()
    end = reverse("visits:series_end", args=[series.reference])
    book = reverse("visits:series_book", args=[series.reference, "2026-11-26"])
    change = reverse("visits:series_change", args=[series.reference, "2026-11-26"])

    for account, sees, changes in (
        (stranger, 404, 404),
        (clerk, 200, 403),
        (county_admin, 404, 404),
        (visited, 200, 404),
        (district_admin, 200, 200),
    ):
        browser = client_of(account)
        assert browser.get(page).status_code == sees
        assert browser.get(change).status_code == changes
        if changes != 200:
            assert browser.post(end, {"reason": "x"}).status_code == changes
            assert browser.post(book).status_code == changes
    assert Visit.objects.filter(state="planned").count() == 10


def test_an_absence_is_told_to_those_who_may_see_it(
    client_of, plans, liaison, leader, js
):
    visited = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.gulou)
    AbsenceFactory(cadre=leader.cadre, first=date(2026, 12, 3))
    series = series_of(liaison, [leader.cadre], js.shitun, count=3)

    own = plans.get(series.get_absolute_url()).content.decode()
    others = client_of(visited)
    others.cookies["django_language"] = "en"
    theirs = others.get(series.get_absolute_url()).content.decode()

    assert "The official is away" in own
    assert "The official is away" not in theirs
    assert "Leave" not in theirs


def test_a_place_out_of_reach_is_foreseen(plans, leader, js):
    page = plans.post(PLAN, typed(leader.cadre, js.jurong)).content.decode()

    assert "0 to book" in page
    assert "lies outside" in page


def test_unannounced_series_do_not_exist_for_others(
    client_of, plans, liaison, leader, js, district_admin
):
    visited = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.gulou)
    series = series_of(
        liaison, [leader.cadre], js.shitun, mode=Mode.UNANNOUNCED, purpose="查水厂"
    )
    listed = reverse("visits:series_list")

    assert plans.get(series.get_absolute_url()).status_code == 200
    for account in (visited, district_admin):
        browser = client_of(account)
        assert browser.get(series.get_absolute_url()).status_code == 404
        assert series.purpose not in browser.get(listed).content.decode()


@pytest.mark.parametrize("since", ["2026-11-27", "gestern", "2026-02-30", "9999-12-31"])
def test_a_date_that_is_none_of_the_series_is_not_found(plans, series, since):
    for name in ("series_change", "series_book"):
        address = reverse(f"visits:{name}", args=[series.reference, since])
        answer = plans.post(address) if name == "series_book" else plans.get(address)
        assert answer.status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_costs_the_same_however_many_dates(
    plans, liaison, leader, js, count, django_assert_num_queries
):
    for week in range(count + 1):
        obstacle = VisitFactory(
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(f"2026-12-{3 + 7 * week:02} 10:00"),
        )
    series = series_of(liaison, [leader.cadre], js.shitun, count=6)
    cancel_visit(obstacle, by=liaison, reason="另有安排")

    with django_assert_num_queries(15):
        plans.get(series.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    plans, liaison, leader, js, count, django_assert_num_queries
):
    for n in range(count):
        series_of(
            liaison, [leader.cadre], js.shitun, first=date(2026, 11, 26 + n), count=1
        )

    with django_assert_num_queries(7):
        response = plans.get(reverse("visits:series_list"))

    assert len(response.context["page"]) == count


def test_the_calendar_feed_has_each_visit_once_where_it_lies_now(
    plans, liaison, leader, js
):
    series = series_of(liaison, [leader.cadre], js.shitun, count=20)
    visits = [row.visit for row in series.dates.select_related("visit").order_by("day")]
    moved = visits[4]
    plans.post(
        reverse("visits:visit_move", args=[moved.reference]),
        {"day": "2026-12-25", "half": "pm", "version": moved.version},
    )

    calendar = icalendar.Calendar.from_ical(feed_of(liaison, now=MONDAY))

    events = calendar.walk("VEVENT")
    assert len(events) == len({str(event["uid"]) for event in events}) == 20
    wanted = {f"{it.reference}-1@four-grassroots": it.starts_at for it in visits}
    wanted[f"{moved.reference}-1@four-grassroots"] = at("2026-12-25 14:00")
    assert {str(it["uid"]): it["dtstart"].dt for it in events} == wanted
    [event] = [it for it in events if moved.reference in it["uid"]]
    assert event["sequence"] == 2
    assert not any("RRULE" in event for event in events)


def test_a_date_that_became_a_day_of_rest_says_so_and_moves_with_the_rest(
    plans, liaison, leader, js
):
    series = series_of(liaison, [leader.cadre], js.shitun, on_rest="next")
    CalendarDayFactory(date=date(2026, 12, 3), is_workday=False, name="汛情休整")

    page = plans.get(series.get_absolute_url())
    today = plans.get(reverse("visits:today"))

    [line] = [it for it in page.context["lines"] if it.fallen]
    assert (line.row.on, line.fallen) == (date(2026, 12, 3), "汛情休整")
    assert "a day of rest by now" in page.content.decode()
    assert [it.on for it in today.context["tasks"] if it.kind == "series"] == [
        date(2026, 12, 3)
    ]

    address = reverse("visits:series_change", args=[series.reference, "2026-12-03"])
    shown = plans.post(address, page_sends(plans.get(address)))
    plans.post(address, page_sends(shown, book=shown.context["stamp"]))

    page = plans.get(series.get_absolute_url())
    assert not [it for it in page.context["lines"] if it.fallen]
    moved = series.dates.get(day=date(2026, 12, 3))
    assert (moved.on, moved.visit.starts_on) == (date(2026, 12, 4), date(2026, 12, 4))
