"""The board: what a cell says before a drop, moving, and taking it back."""

from datetime import date

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import (
    AbsenceFactory,
    AccountFactory,
    CadreFactory,
    CalendarDayFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.visits.views.sheets import page_sends
from visits.actions.move_visit import approve_visit
from visits.models import DiaryEntry, Visit
from visits.rules.visit_states import VisitState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today_is")]
LOOK = reverse("visits:board_look")
BOARD = reverse("visits:calendar") + "?week=2026-W48"


@pytest.fixture
def today_is(monkeypatch):
    """It is Monday, 23 November 2026, whenever the tests are run."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2026-11-23 08:00"))


@pytest.fixture
def visit(leader, js):
    return VisitFactory(
        officials=[leader.cadre], places=[js.tangzhang], purpose="设施农业"
    )


@pytest.fixture
def plans(client, liaison, in_english):
    """The browser of the liaison."""
    client.force_login(liaison)
    return client


def move_of(visit):
    return reverse("visits:visit_move", args=[visit.reference])


def drop(client, visit, day="2026-11-27", half="am", **more):
    sent = {"day": day, "half": half, "position": 1, "version": visit.version}
    return client.post(move_of(visit), sent | {"back": BOARD} | more)


def look(client, visit, **more):
    return client.get(LOOK, {"visit": visit.reference, "day": "2026-11-27"} | more)


def test_a_drop_moves_the_visit_and_its_diary(plans, visit):
    response = drop(plans, visit, half="pm")

    visit.refresh_from_db()
    assert (visit.starts_at, visit.ends_at) == (
        at("2026-11-27 14:00"),
        at("2026-11-27 17:00"),
    )
    assert DiaryEntry.objects.get().starts_at == visit.starts_at
    assert response.url == f"{BOARD}&moved={visit.reference}"
    page = plans.get(response.url).content.decode()
    assert "Moved: 设施农业" in page
    assert reverse("visits:visit_move_undo", args=[visit.reference]) in page


def test_a_drop_on_another_row_changes_who_goes(plans, liaison, leader, visit):
    other = CadreFactory(unit=leader.cadre.unit)
    liaison.mandates.create(cadre=other, first=date(2024, 1, 1))

    drop(plans, visit, leaves=leader.cadre.pk, comes=other.pk)

    assert visit.team.get().official == other
    assert [entry.official for entry in DiaryEntry.objects.all()] == [other]


def test_nobody_is_sent_for_whom_one_may_not_plan(plans, leader, visit):
    other = CadreFactory(unit=leader.cadre.unit)

    response = drop(plans, visit, leaves=leader.cadre.pk, comes=other.pk)

    assert response.status_code == 422
    assert "You may not plan for this official." in response.content.decode()
    assert visit.team.get().official == leader.cadre


def test_an_approved_visit_is_approved_anew_and_undo_gives_it_back(
    plans, leader, visit
):
    approve_visit(visit, by=leader)
    visit.refresh_from_db()
    drop(plans, visit)
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED

    undo = reverse("visits:visit_move_undo", args=[visit.reference])
    response = plans.post(undo, {"back": BOARD})

    visit.refresh_from_db()
    assert response.url == BOARD
    assert (visit.state, visit.starts_at) == (
        VisitState.APPROVED,
        at("2026-11-25 09:00"),
    )
    states = [it.changes.get("state") for it in visit.events.order_by("pk")]
    assert states[-1] == ["planned", "approved"]
    # A second time there is nothing to take back.
    plans.post(undo)
    assert Visit.objects.get().version == visit.version


def test_a_move_that_others_changed_since_is_not_taken_back(plans, leader, visit):
    drop(plans, visit)
    visit.refresh_from_db()
    approve_visit(visit, by=leader)

    plans.post(reverse("visits:visit_move_undo", args=[visit.reference]))

    visit.refresh_from_db()
    assert visit.starts_at == at("2026-11-27 09:00")


def test_a_crowded_drop_asks_for_a_reason_and_keeps_what_was_meant(plans, visit, js):
    VisitFactory(places=[js.tangzhang], starts_at=at("2026-11-27 14:00"))

    response = drop(plans, visit)

    assert response.status_code == 422
    sent = page_sends(response)
    assert (sent["day"], sent["starts"], sent["ends"]) == (
        "2026-11-27",
        "09:00",
        "12:00",
    )
    plans.post(move_of(visit), sent | {"crowding_reason": "防汛"})
    visit.refresh_from_db()
    assert (visit.crowding_reason, visit.starts_at) == ("防汛", at("2026-11-27 09:00"))


def test_a_drop_on_a_taken_cell_says_by_what(plans, leader, visit, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.gulou],
        starts_at=at("2026-11-27 09:00"),
        purpose="老旧小区",
    )

    response = drop(plans, visit)

    assert response.status_code == 422
    assert "老旧小区" in response.content.decode()


def test_a_stale_drop_tells_what_changed(plans, leader, visit):
    approve_visit(visit, by=leader)

    response = drop(plans, visit)  # the page still shows the version before

    assert response.status_code == 422
    page = response.content.decode()
    assert "Changed meanwhile" in page
    sent = page_sends(response)
    visit.refresh_from_db()
    assert (sent["day"], sent["version"]) == ("2026-11-27", str(visit.version))


def test_a_journey_of_two_stops_moves_as_a_whole(plans, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre], places=[js.tangzhang, js.shitun], count=2, hours=1
    )

    drop(plans, visit, position=2)

    starts = [stop.starts_at for stop in visit.stops.order_by("position")]
    assert starts == [at("2026-11-27 09:00"), at("2026-11-27 10:00")]


def test_moving_is_as_closed_as_changing(client, client_of, visit, district_admin, js):
    stranger = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.tongshan)
    clerk = AccountFactory(role=Role.CLERK, role__place=js.xuzhou)

    for account, status in ((stranger, 404), (clerk, 403)):
        browser = client_of(account)
        assert browser.get(move_of(visit)).status_code == status
        assert drop(browser, visit).status_code == status
        assert look(browser, visit).status_code == status
    assert client_of(district_admin).get(move_of(visit)).status_code == 200


def test_a_visit_that_is_over_is_not_moved(plans, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre], places=[js.shitun], held=True, version=3
    )

    assert plans.get(move_of(visit)).url == visit.get_absolute_url()
    assert drop(plans, visit).status_code == 422


def test_the_board_is_the_only_way_back(plans, visit):
    response = drop(plans, visit, back="//evil.example/visits/")

    assert response.url == f"{visit.get_absolute_url()}?moved={visit.reference}"


def test_look_says_what_the_cell_holds(plans, leader, visit, js):
    assert "Free" in look(plans, visit).content.decode()
    VisitFactory(places=[js.tangzhang], starts_at=at("2026-11-28 14:00"))
    AbsenceFactory(cadre=leader.cadre, first=date(2026, 11, 27))
    CalendarDayFactory(date=date(2026, 11, 27), is_workday=False, name="丰收节")

    said = look(plans, visit).content.decode()

    for words in ("is away: Leave", "Crowding: 1 visit near", "Rest day: 丰收节"):
        assert words in said
    visit.refresh_from_db()
    assert visit.starts_at == at("2026-11-25 09:00")


def test_look_names_no_unannounced_visit(plans, visit, js):
    VisitFactory(
        places=[js.tangzhang],
        mode="unannounced",
        starts_at=at("2026-11-27 14:00"),
        purpose="暗访",
        unit=UnitFactory(place=js.xuzhou),
    )

    said = look(plans, visit).content.decode()

    assert "Another activity is planned for this area" in said
    assert "暗访" not in said


def test_look_for_a_new_visit_knows_the_diary(plans, leader, visit):
    ask = {"official": leader.cadre.pk, "day": "2026-11-25", "half": "am"}

    assert "设施农业" in plans.get(LOOK, ask).content.decode()
    ask |= {"day": "2026-11-26", "last": "2026-11-26", "last_half": "pm"}
    assert "Free" in plans.get(LOOK, ask).content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_look_costs_the_same_however_much_is_there(
    plans, leader, visit, js, count, django_assert_num_queries
):
    for n in range(count):
        VisitFactory(
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(f"2026-11-27 {9 + n // 2:02}:{n % 2 * 30:02}"),
            hours=0.5,
        )

    with django_assert_num_queries(13):
        look(plans, visit, half="am")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("day", "gestern"),
        ("day", "9999-12-31"),
        ("half", "noon"),
        ("half", "\u202e"),
        ("position", "99999999999999999999"),
        ("position", "²"),
        ("version", "x"),
        ("comes", "99999999999999999999"),
        ("leaves", "-1"),
        ("starts", "25:61"),
    ],
)
def test_look_and_move_answer_hostile_values(plans, visit, name, typed):
    assert look(plans, visit, **{name: typed}).status_code in (200, 422)
    assert drop(plans, visit, **{name: typed}).status_code in (302, 422)
    assert plans.get(LOOK, {name: typed}).status_code == 422


def test_a_swept_span_fills_the_plan(plans, leader):
    query = f"official={leader.cadre.pk}&date=2026-11-26&half=pm"

    response = plans.get(
        f"{reverse('visits:visit_plan')}?{query}&last=2026-11-27&last_half=am"
    )

    sent = page_sends(response)
    assert (sent["stops-0-day"], sent["stops-0-starts"]) == ("2026-11-26", "14:00")
    assert (sent["stops-0-last_day"], sent["stops-0-ends"]) == ("2026-11-27", "11:30")
    assert sent["team-0-official"] == str(leader.cadre.pk)


def test_the_week_offers_free_halves_and_moves(plans, leader, visit):
    html = plans.get(BOARD).content.decode()

    plan = f"{reverse('visits:visit_plan')}?official={leader.cadre.pk}"
    assert f"{plan}&amp;date=2026-11-25&amp;half=pm" in html
    assert f"{plan}&amp;date=2026-11-25&amp;half=am" not in html
    assert move_of(visit) in html
