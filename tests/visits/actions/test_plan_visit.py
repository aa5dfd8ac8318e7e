import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cadres.models import Setting
from tests.factories import CadreFactory, UnitFactory, VisitFactory, at
from visits.actions.plan_visit import change_plan, plan_visit
from visits.actions.refusals import Refusal
from visits.models import DiaryEntry, Visit
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import Mode, Part, VisitState

pytestmark = pytest.mark.django_db
NOW = at("2026-11-23 10:00")


def stop(
    place, start="2026-11-25 09:00", end="2026-11-25 11:00", activities=("study",)
):
    return StopPlan(place, at(start), at(end), activities)


def plan(by, official, stops, **more):
    return plan_visit(
        by=by,
        now=more.pop("now", NOW),
        team=more.pop("team", [Member(official)]),
        stops=stops,
        client_key=more.pop("client_key", uuid.uuid4()),
        purpose=more.pop("purpose", "设施农业"),
        **more,
    )


def test_plan_visit_books_and_records_for_whom(liaison, leader, js):
    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)])

    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED
    assert (visit.starts_on, visit.ends_on) == (
        at("2026-11-25 09:00").date(),
        at("2026-11-25 09:00").date(),
    )
    [row] = visit.stops.all()
    assert (row.county, row.township, row.point) == (
        js.tongshan,
        js.tangzhang,
        js.tongshan,
    )
    [event] = visit.events.all()
    assert (event.by, event.on_behalf_of) == (liaison, leader.cadre)
    assert DiaryEntry.objects.filter(official=leader.cadre).count() == 1


def test_plan_visit_of_the_lead_is_approved_at_once(leader, js):
    visit = plan(leader, leader.cadre, [stop(js.tangzhang)])

    assert visit.state == VisitState.APPROVED


def test_plan_visit_sent_twice_is_one_visit(liaison, leader, js):
    key = uuid.uuid4()

    first = plan(liaison, leader.cadre, [stop(js.tangzhang)], client_key=key)
    second = plan(liaison, leader.cadre, [stop(js.tangzhang)], client_key=key)

    assert first == second
    assert Visit.objects.count() == 1


def test_plan_visit_of_a_draft_takes_no_time(liaison, leader, js):
    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)], as_draft=True)

    assert visit.state == VisitState.DRAFT
    assert not DiaryEntry.objects.exists()


def test_plan_visit_refuses_a_clash_and_offers_three_windows(liaison, leader, js):
    first = plan(liaison, leader.cadre, [stop(js.tangzhang)])

    with pytest.raises(Refusal) as refusal:
        plan(
            liaison,
            leader.cadre,
            [stop(js.shitun, "2026-11-25 10:30", "2026-11-25 12:30")],
        )

    assert refusal.value.code == "double_booking"
    [clash] = refusal.value.clashes
    assert (clash.official, clash.visit) == (leader.cadre, first)
    assert len(clash.windows) == 3
    for window in clash.windows:
        assert window.ends_at - window.starts_at == timedelta(hours=2)
        assert not DiaryEntry.objects.overlapping(
            window.starts_at, window.ends_at
        ).exists()
    assert Visit.objects.count() == 1


def test_plan_visit_does_not_name_a_clash_the_reader_may_not_see(liaison, leader, js):
    other = CadreFactory(unit=UnitFactory(place=js.js, name="省政府"))
    VisitFactory(
        mode=Mode.UNANNOUNCED,
        officials=[other, leader.cadre],
        places=[js.jingkou],
        hidden_until=timezone.now() + timedelta(days=1),
    )
    liaison.mandates.all().delete()
    third = CadreFactory(unit=leader.cadre.unit)
    liaison.mandates.create(cadre=third, first=at("2026-01-01 00:00").date())

    with pytest.raises(Refusal) as refusal:
        plan(
            liaison,
            third,
            [stop(js.shitun)],
            team=[Member(third), Member(leader.cadre, Part.COMPANION)],
        )

    [clash] = refusal.value.clashes
    assert (clash.visit, clash.official) == (None, leader.cadre)


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("2026-11-25 11:00", "2026-11-25 09:00", "ends_first"),
        ("2026-11-25 11:00", "2026-12-29 09:00", "too_long"),
        ("2025-11-25 09:00", "2025-11-25 11:00", "too_early"),
        ("2036-11-25 09:00", "2036-11-25 11:00", "too_late"),
    ],
)
def test_plan_visit_refuses_impossible_times(liaison, leader, js, starts, ends, code):
    with pytest.raises(Refusal) as refusal:
        plan(liaison, leader.cadre, [stop(js.tangzhang, starts, ends)])

    assert [fault.code for fault in refusal.value.faults["stops"]] == [code]
    assert not Visit.objects.exists()


def test_plan_visit_refuses_places_that_cannot_be_gone_to(liaison, leader, js):
    js.shitun.valid_to = at("2026-11-01 00:00").date()
    js.shitun.save()
    js.liuji.valid_from = at("2027-01-01 00:00").date()
    js.liuji.save()

    with pytest.raises(Refusal) as refusal:
        plan(
            liaison,
            leader.cadre,
            [
                stop(js.shitun, "2026-11-25 09:00", "2026-11-25 10:00"),
                stop(js.liuji, "2026-11-25 10:00", "2026-11-25 11:00"),
                stop(js.jingkou, "2026-11-25 11:00", "2026-11-25 12:00"),
            ],
        )

    assert [(f.row, f.code) for f in refusal.value.faults["stops"]] == [
        (0, "closed_place"),
        (1, "future_place"),
        (2, "out_of_scope"),
    ]


def test_plan_visit_refuses_crowding_until_a_reason_is_given(
    liaison, leader, js, xuzhou_office
):
    VisitFactory(
        places=[js.tangzhang],
        starts_at=at("2026-11-23 09:00"),
        unit=UnitFactory(name="徐州市政府", place=js.xuzhou),
    )

    with pytest.raises(Refusal) as refusal:
        plan(liaison, leader.cadre, [stop(js.tangzhang)])
    visit = plan(
        liaison, leader.cadre, [stop(js.tangzhang)], crowding_reason="防汛检查"
    )

    assert refusal.value.code == "crowded"
    [crowd] = refusal.value.crowding.crowds
    assert len(crowd.neighbours) == 1
    assert len(crowd.quieter) == 3
    assert visit.crowding_reason == "防汛检查"


def test_plan_visit_of_an_emergency_passes_the_crowd(liaison, leader, js):
    VisitFactory(places=[js.tangzhang], starts_at=at("2026-11-23 09:00"))

    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)], is_emergency=True)

    assert visit.state == VisitState.PLANNED


def test_crowding_tells_peers_of_a_hidden_visit_only_that_it_is_there(
    liaison, leader, js
):
    VisitFactory(
        mode=Mode.UNANNOUNCED,
        places=[js.tangzhang],
        unit=UnitFactory(name="徐州市政府", place=js.xuzhou),
        starts_at=timezone.now() + timedelta(days=2),
    )
    day = (timezone.localtime() + timedelta(days=5)).date()

    with pytest.raises(Refusal) as refusal:
        plan(
            liaison,
            leader.cadre,
            [stop(js.tangzhang, f"{day} 09:00", f"{day} 10:00")],
            now=timezone.localtime(),
        )

    assert refusal.value.crowding.crowds == []
    assert refusal.value.crowding.unnamed is True


def test_crowding_tells_the_visited_county_nothing_of_a_hidden_visit(county_admin, js):
    VisitFactory(
        mode=Mode.UNANNOUNCED,
        places=[js.tangzhang],
        unit=UnitFactory(name="徐州市政府", place=js.xuzhou),
        starts_at=timezone.now() + timedelta(days=2),
    )
    official = CadreFactory(unit=county_admin.unit)
    day = (timezone.localtime() + timedelta(days=5)).date()

    visit = plan(
        county_admin,
        official,
        [stop(js.tangzhang, f"{day} 09:00", f"{day} 10:00")],
        now=timezone.localtime(),
    )

    assert visit.state == VisitState.PLANNED


def test_change_plan_keeps_what_stood_there(liaison, leader, js):
    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)])

    visit = change_plan(
        visit,
        by=liaison,
        now=NOW,
        version=1,
        team=[Member(leader.cadre)],
        stops=[stop(js.shitun)],
        purpose="供水",
    )

    event = visit.events.latest("at")
    assert event.changes["purpose"] == ["设施农业", "供水"]
    assert [s.place for s in visit.stops.all()] == [js.shitun]
    assert visit.version == 2


def test_change_plan_refuses_a_stale_form(liaison, leader, js):
    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)])
    Visit.objects.filter(pk=visit.pk).update(version=5)

    with pytest.raises(Refusal) as refusal:
        change_plan(
            visit,
            by=liaison,
            now=NOW,
            version=1,
            team=[Member(leader.cadre)],
            stops=[stop(js.shitun)],
            purpose="供水",
        )

    assert refusal.value.code == "stale"
    assert [s.place for s in visit.stops.all()] == [js.tangzhang]


def test_setting_of_zero_days_switches_the_crowding_guard_off(liaison, leader, js):
    Setting.objects.create(name="crowd.county_days", value=0)
    Setting.objects.create(name="crowd.township_days", value=0)
    VisitFactory(places=[js.tangzhang], starts_at=at("2026-11-23 09:00"))

    visit = plan(liaison, leader.cadre, [stop(js.tangzhang)])

    assert visit.state == VisitState.PLANNED
