from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import VisitFactory
from tests.visits.views.sheets import days_ahead, page_sends
from visits.actions.move_visit import mark_not_held
from visits.rules.visit_states import VisitState

pytestmark = pytest.mark.django_db


def test_visit_log_then_confirm(client, liaison, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=timezone.now() - timedelta(days=2),
        unit=leader.cadre.unit,
    )
    stop = visit.stops.get()
    starts = timezone.localtime(stop.starts_at)
    client.force_login(liaison)

    response = client.post(
        reverse("visits:visit_log", args=[visit.reference]),
        {
            "version": "1",
            "summary": "走访三户",
            "actual_escorts": "2",
            "stops-TOTAL_FORMS": "1",
            "stops-INITIAL_FORMS": "1",
            "stops-0-stop": stop.pk,
            "stops-0-place": js.tangzhang.path,
            "stops-0-place_id": js.tangzhang.pk,
            "stops-0-day": starts.date().isoformat(),
            "stops-0-starts": starts.strftime("%H:%M"),
            "stops-0-ends": (starts + timedelta(minutes=30)).strftime("%H:%M"),
            "stops-0-last_day": (starts + timedelta(minutes=30)).date().isoformat(),
            "stops-0-activities": ["study", "onsite"],
            "talks-TOTAL_FORMS": "0",
            "talks-INITIAL_FORMS": "0",
            "findings-TOTAL_FORMS": "1",
            "findings-INITIAL_FORMS": "0",
            "findings-0-stop": "0",
            "findings-0-topic": "设施农业",
            "findings-0-text": "缺冷库",
            "receptions-TOTAL_FORMS": "0",
            "receptions-INITIAL_FORMS": "0",
            "matters-TOTAL_FORMS": "1",
            "matters-INITIAL_FORMS": "0",
            "matters-0-stop": "0",
            "matters-0-subject": "停水",
            "matters-0-decision": "更换水泵",
            "matters-0-lead_unit": "住建局",
            "matters-0-due_on": days_ahead(30),
        },
    )
    assert response.status_code == 302, response.context["sheet"].main.errors
    client.force_login(leader)
    client.post(reverse("visits:visit_confirm", args=[visit.reference]))

    visit.refresh_from_db()
    assert (visit.state, visit.confirmed_by) == (VisitState.CONFIRMED, leader)
    assert stop.findings.get().text == "缺冷库"
    assert stop.matters.get().lead_unit == "住建局"


@pytest.fixture
def held(leader, xuzhou_office, js):
    """A visit of two stops that was yesterday, not logged yet."""
    return VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang, js.shitun],
        places__activities=["study", "onsite"],
        starts_at=timezone.localtime().replace(hour=9, minute=0) - timedelta(days=1),
        count=2,
        hours=1,
        unit=xuzhou_office,
        state=VisitState.APPROVED,
    )


def log_url(visit):
    return reverse("visits:visit_log", args=[visit.reference])


def test_visit_log_as_planned_needs_one_button(client, liaison, held):
    client.force_login(liaison)

    response = client.post(log_url(held), page_sends(client.get(log_url(held))))

    held.refresh_from_db()
    assert response.url == held.get_absolute_url()
    assert held.state == VisitState.LOGGED
    assert [stop.activities for stop in held.stops.all()] == [["study", "onsite"]] * 2


def test_visit_log_of_the_lead_is_confirmed_with_it(client, leader, held):
    client.force_login(leader)

    client.post(log_url(held), page_sends(client.get(log_url(held))))

    held.refresh_from_db()
    assert (held.state, held.confirmed_by) == (VisitState.CONFIRMED, leader)


def test_visit_log_opens_the_planned_kinds_of_work_at_each_stop(client, liaison, held):
    client.force_login(liaison)

    sets = client.get(log_url(held)).context["sheet"].sets

    assert [len(sets[name].forms) for name in ("talks", "findings", "matters")] == [
        0,
        2,
        2,
    ]


def test_visit_log_corrected_keeps_the_entries_that_nobody_touched(
    client, liaison, held
):
    client.force_login(liaison)
    first = page_sends(client.get(log_url(held))) | {
        "findings-0-topic": "设施农业",
        "findings-0-text": "缺冷库",
        "matters-1-subject": "停水",
        "matters-1-decision": "当场修好",
        "matters-1-settled": "on",
    }
    client.post(log_url(held), first)

    again = page_sends(client.get(log_url(held)), summary="走访三户")
    response = client.post(log_url(held), again)

    held.refresh_from_db()
    assert response.status_code == 302
    assert held.summary == "走访三户"
    assert [f.text for stop in held.stops.all() for f in stop.findings.all()] == [
        "缺冷库"
    ]
    assert [m.subject for stop in held.stops.all() for m in stop.matters.all()] == [
        "停水"
    ]


def test_visit_log_takes_a_row_out_without_javascript(client, liaison, held):
    client.force_login(liaison)
    sent = page_sends(client.get(log_url(held)), drop_stops="1")

    shown = client.post(log_url(held), sent)
    saved = client.post(log_url(held), page_sends(shown))

    held.refresh_from_db()
    assert shown.status_code == 200
    assert shown.context["sheet"].sets["stops"].forms[1].is_taken_out
    assert saved.status_code == 302
    assert held.stops.count() == 1


def test_visit_log_names_a_stop_that_came_about(client, liaison, held, js):
    client.force_login(liaison)
    sent = page_sends(client.get(log_url(held)), add_stops="1")

    shown = client.post(log_url(held), sent)

    choices = shown.context["sheet"].sets["findings"].forms[0].fields["stop"].choices
    assert len(choices) == 3


def test_visit_log_left_undone_is_a_proposal_for_the_next_visit(
    client, liaison, leader, held, js
):
    client.force_login(liaison)
    sent = page_sends(client.get(log_url(held))) | {"stops-1-DELETE": "on"}
    client.post(log_url(held), sent)

    page = client.get(held.get_absolute_url())

    assert page.context["undone"] == [js.shitun]
    link = (
        f"{reverse('visits:visit_plan')}?place={js.shitun.pk}"
        f"&amp;official={leader.cadre.pk}"
    )
    assert link in page.content.decode()


def test_visit_log_shows_both_when_someone_was_faster(client, liaison, leader, held):
    client.force_login(liaison)
    mine = page_sends(client.get(log_url(held)), summary="我的记录")
    client.force_login(leader)
    theirs = page_sends(client.get(log_url(held)), summary="他的记录")
    client.post(log_url(held), theirs)

    client.force_login(liaison)
    response = client.post(log_url(held), mine)
    again = client.post(log_url(held), page_sends(response))

    page = response.content.decode()
    held.refresh_from_db()
    assert response.status_code == 422
    assert "我的记录" in page
    assert "他的记录" in page
    assert again.status_code == 302
    assert held.summary == "我的记录"
    assert held.events.filter(changes__summary=["他的记录", "我的记录"]).exists()


def test_visit_log_keeps_what_was_typed_when_the_visit_was_called_off(
    client, liaison, held
):
    client.force_login(liaison)
    mine = page_sends(client.get(log_url(held)), summary="走访三户")
    mark_not_held(held, by=liaison, reason="防汛", now=timezone.now())

    first = client.post(log_url(held), mine)
    second = client.post(log_url(held), page_sends(first))

    held.refresh_from_db()
    assert (first.status_code, second.status_code) == (422, 422)
    assert "走访三户" in second.content.decode()
    assert held.state == VisitState.NOT_HELD


def test_visit_log_before_it_began_goes_back_to_the_visit(client, liaison, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=5),
    )
    client.force_login(liaison)

    assert client.get(log_url(visit)).url == visit.get_absolute_url()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("summary", "长" * 501),
        ("summary", "\x00"),
        ("actual_escorts", "-1"),
        ("version", "x"),
        ("stops-0-stop", "9" * 30),
        ("stops-0-day", "9999-12-31"),
        ("stops-0-day", "0001-01-01"),
        ("findings-0-stop", "7"),
        ("matters-0-pk", "²"),
        ("stops-TOTAL_FORMS", "0"),
    ],
)
def test_visit_log_answers_bad_input_and_saves_nothing(
    client, liaison, held, field, typed
):
    client.force_login(liaison)
    sent = page_sends(client.get(log_url(held)))
    sent |= {"findings-0-topic": "供水", "findings-0-text": "缺水"}
    sent |= {"matters-0-subject": "停水", "matters-0-decision": "修"}
    sent |= {"matters-0-lead_unit": "住建局"}

    response = client.post(log_url(held), sent | {field: typed})

    held.refresh_from_db()
    assert response.status_code == 422
    assert (held.state, held.version) == (VisitState.APPROVED, 1)


def test_visit_log_of_a_clash_names_it_and_offers_no_other_time(
    client, liaison, leader, held, js, xuzhou_office
):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.liuji],
        starts_at=held.ends_at,
        hours=1,
        unit=xuzhou_office,
        purpose="防汛检查",
    )
    client.force_login(liaison)
    ends = timezone.localtime(held.ends_at) + timedelta(minutes=30)
    sent = page_sends(client.get(log_url(held))) | {"stops-1-ends": f"{ends:%H:%M}"}

    response = client.post(log_url(held), sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "防汛检查" in page
    assert "use_window" not in page
