from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tests.factories import VisitFactory, at
from visits.actions.log_visit import log_visit
from visits.actions.move_matter import move_matter
from visits.actions.move_visit import confirm_visit
from visits.actions.refusals import Refusal
from visits.models import DiaryEntry, Investigation, Matter
from visits.rules.log import (
    FindingEntry,
    MatterEntry,
    ReceptionEntry,
    StopLog,
    TalkEntry,
)
from visits.rules.visit_states import VisitState

pytestmark = pytest.mark.django_db
NOW = at("2026-11-25 20:00")


@pytest.fixture
def visit(leader, liaison, js):
    return VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang, js.shitun],
        starts_at=at("2026-11-25 09:00"),
        count=2,
        unit=leader.cadre.unit,
        planned_by=liaison,
    )


def as_planned(visit):
    return [
        StopLog(s.place, s.starts_at, s.ends_at, s.activities, s.venue, pk=s.pk)
        for s in visit.stops.order_by("position")
    ]


def test_log_visit_keeps_plan_and_fact_apart(visit, liaison, js):
    first, second = as_planned(visit)
    later = StopLog(
        first.place,
        at("2026-11-25 09:30"),
        at("2026-11-25 11:30"),
        first.activities,
        pk=first.pk,
    )

    visit = log_visit(visit, by=liaison, now=NOW, version=1, stops=[later, second])

    stop = visit.stops.get(position=1)
    assert visit.state == VisitState.LOGGED
    assert stop.planned_starts_at == at("2026-11-25 09:00")
    assert stop.starts_at == at("2026-11-25 09:30")
    assert visit.events.get().on_behalf_of == visit.team.get().official


def test_log_visit_writes_one_entry_of_each_kind(visit, liaison, js):
    visit = log_visit(
        visit,
        by=liaison,
        now=NOW,
        version=1,
        stops=as_planned(visit),
        talks=[TalkEntry(0, "医保新政", 40)],
        findings=[FindingEntry(0, "设施农业", "缺冷库")],
        receptions=[ReceptionEntry(1, 3, 8, 3)],
        matters=[
            MatterEntry(1, "停水", "更换水泵", False, "住建局", NOW.date()),
            MatterEntry(1, "路灯", "当场修好", True),
        ],
    )

    first, second = visit.stops.order_by("position")
    assert first.talks.get().audience == 40
    assert first.findings.get().investigation.leader == visit.team.get().official
    assert second.receptions.get().person_visits == 8
    assert [m.state for m in second.matters.order_by("pk")] == ["assigned", "settled"]
    assert second.matters.first().county == js.gulou
    assert second.activities == ["study", "reception", "onsite"]


def test_log_visit_of_the_lead_is_confirmed_at_once(visit, leader):
    visit = log_visit(visit, by=leader, now=NOW, version=1, stops=as_planned(visit))

    assert (visit.state, visit.confirmed_by) == (VisitState.CONFIRMED, leader)


def test_log_visit_again_corrects_and_keeps_what_stood_there(visit, liaison, leader):
    visit = log_visit(
        visit,
        by=liaison,
        now=NOW,
        version=1,
        stops=as_planned(visit),
        summary="走访三户",
        matters=[MatterEntry(0, "停水", "更换水泵", True)],
    )
    confirm_visit(visit, by=leader, now=NOW)
    matter = Matter.objects.get()

    visit = log_visit(
        visit,
        by=liaison,
        now=NOW,
        version=3,
        stops=as_planned(visit),
        summary="走访五户",
        matters=[MatterEntry(0, "停水", "更换水泵和管道", True, pk=matter.pk)],
    )

    matter.refresh_from_db()
    assert matter.decision == "更换水泵和管道"
    assert (visit.state, visit.confirmed_at) == (VisitState.LOGGED, None)
    event = visit.events.filter(kind="corrected").get()
    assert event.changes["summary"] == ["走访三户", "走访五户"]
    assert event.changes["matters"][0] == ["停水: 更换水泵 ( None)"]


def test_log_visit_finds_the_topic_that_is_there(visit, liaison, leader):
    Investigation.objects.create(
        topic="设施农业", leader=leader.cadre, unit=leader.cadre.unit
    )

    log_visit(
        visit,
        by=liaison,
        now=NOW,
        version=1,
        stops=as_planned(visit),
        findings=[
            FindingEntry(0, "设施农业", "缺冷库"),
            FindingEntry(1, "设施农业", "缺人"),
        ],
    )

    assert Investigation.objects.get().findings.count() == 2


def test_log_visit_without_a_planned_stop_frees_that_time(visit, liaison):
    visit = log_visit(
        visit, by=liaison, now=NOW, version=1, stops=as_planned(visit)[:1]
    )

    assert visit.stops.count() == 1
    assert DiaryEntry.objects.count() == 1
    assert visit.ends_at == at("2026-11-25 12:00")


@pytest.mark.parametrize(
    ("entries", "argument", "code"),
    [
        ({"matters": [MatterEntry(0, "停水", "换泵")]}, "matters", "no_unit"),
        ({"receptions": [ReceptionEntry(0, 3, 1, 1)]}, "receptions", "too_few"),
    ],
)
def test_log_visit_refuses_half_an_entry(visit, liaison, entries, argument, code):
    with pytest.raises(Refusal) as refusal:
        log_visit(
            visit, by=liaison, now=NOW, version=1, stops=as_planned(visit), **entries
        )

    assert refusal.value.faults[argument][0].code == code
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_log_visit_refuses_what_lies_ahead(visit, liaison):
    with pytest.raises(Refusal) as refusal:
        log_visit(
            visit,
            by=liaison,
            now=at("2026-11-25 08:00"),
            version=1,
            stops=as_planned(visit),
        )

    assert refusal.value.faults["stops"][0].code == "ahead"


def test_log_visit_refuses_a_time_spent_elsewhere(visit, liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.liuji],
        starts_at=at("2026-11-25 15:30"),
        hours=2,
    )
    first, second = as_planned(visit)
    longer = StopLog(
        second.place, second.starts_at, at("2026-11-25 16:00"), ["study"], pk=second.pk
    )

    with pytest.raises(Refusal) as refusal:
        log_visit(visit, by=liaison, now=NOW, version=1, stops=[first, longer])

    assert refusal.value.code == "double_booking"


def test_log_visit_refuses_a_stale_form(visit, liaison):
    with pytest.raises(Refusal) as refusal:
        log_visit(visit, by=liaison, now=NOW, version=7, stops=as_planned(visit))

    assert refusal.value.code == "stale"


def logged_with(visit, liaison, *matters):
    return log_visit(
        visit,
        by=liaison,
        now=NOW,
        version=visit.version,
        stops=as_planned(visit),
        matters=matters,
    )


ASSIGNED = MatterEntry(1, "停水", "更换水泵", False, "住建局", NOW.date())


def test_log_visit_again_withdraws_a_matter_that_is_left_out(visit, liaison):
    visit = logged_with(visit, liaison, ASSIGNED)
    again = {"by": liaison, "now": NOW, "version": visit.version}

    with pytest.raises(ValidationError) as refusal:
        log_visit(visit, stops=as_planned(visit), **again)
    assert "withdrawn_because" in refusal.value.error_dict
    # The stop where it stood did not take place either: it stays on record all the same.
    stops = as_planned(visit)[:1]
    log_visit(visit, stops=stops, withdrawn_because="记错了", **again)

    matter = Matter.objects.get()
    assert (matter.state, matter.stop) == ("withdrawn", visit.stops.get())
    event = matter.events.order_by("-pk").first()
    assert (event.step, event.record["reasons"]) == ("withdraw", "记错了")


def test_log_visit_again_keeps_a_matter_on_which_others_have_acted(visit, liaison):
    visit = logged_with(visit, liaison, ASSIGNED)
    matter = Matter.objects.get()
    move_matter(
        matter,
        by=liaison,
        step="progress",
        record={"report": "已到场"},
        version=matter.version,
        now=NOW,
    )
    again = {"by": liaison, "now": NOW, "stops": as_planned(visit)}

    with pytest.raises(Refusal) as gone:
        log_visit(visit, version=visit.version, withdrawn_because="不要", **again)
    changed = replace(ASSIGNED, pk=matter.pk, due_on=date(2027, 1, 1))
    with pytest.raises(Refusal) as moved:
        log_visit(visit, version=visit.version, matters=[changed], **again)
    same = replace(ASSIGNED, pk=matter.pk)
    log_visit(visit, version=visit.version, matters=[same], **again)

    assert gone.value.code == "moved_on"
    assert moved.value.faults["matters"][0].code == "moved_on"
    matter.refresh_from_db()
    assert (matter.state, matter.due_on) == ("in_progress", NOW.date())


def test_log_visit_again_keeps_the_earlier_words_and_the_first_date(visit, liaison):
    visit = logged_with(visit, liaison, ASSIGNED)
    matter = Matter.objects.get()
    changed = replace(
        ASSIGNED, pk=matter.pk, decision="更换管道", due_on=date(2026, 12, 1)
    )

    logged_with(visit, liaison, changed)

    matter.refresh_from_db()
    assert (matter.due_on, matter.first_due_on) == (date(2026, 12, 1), NOW.date())
    record = matter.events.get(step="correct").record
    assert record["before_decision"] == "更换水泵"
    assert record["before_due_on"] == NOW.date().isoformat()
