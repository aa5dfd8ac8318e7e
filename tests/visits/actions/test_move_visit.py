import pytest
from django.core.exceptions import ValidationError

from tests.factories import VisitFactory, at
from visits.actions.move_visit import (
    announce_visit,
    approve_visit,
    cancel_visit,
    confirm_visit,
    mark_not_held,
)
from visits.models import DiaryEntry
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db
NOW = at("2026-11-25 20:00")


@pytest.fixture
def visit(leader, js):
    return VisitFactory(officials=[leader.cadre], places=[js.tangzhang])


def test_approve_then_announce_visit(visit, leader):
    approve_visit(visit, by=leader)
    visit = announce_visit(visit, by=leader)

    assert visit.state == VisitState.ANNOUNCED
    assert [e.kind for e in visit.events.order_by("at")] == ["approved", "announced"]


def test_announce_visit_refuses_an_unannounced_one(leader, js):
    visit = VisitFactory(
        mode=Mode.UNANNOUNCED, state=VisitState.APPROVED, places=[js.tangzhang]
    )

    with pytest.raises(ValidationError) as refusal:
        announce_visit(visit, by=leader)

    assert refusal.value.code == "unannounced"


def test_cancel_visit_frees_the_time(visit, leader):
    visit = cancel_visit(visit, by=leader, reason="防汛")

    assert (visit.state, visit.reason_ended) == (VisitState.CANCELLED, "防汛")
    assert not DiaryEntry.objects.exists()


def test_cancel_visit_refuses_without_a_reason(visit, leader):
    with pytest.raises(ValidationError) as refusal:
        cancel_visit(visit, by=leader, reason=" ")

    assert refusal.value.code == "no_reason"
    assert DiaryEntry.objects.exists()


def test_mark_not_held_waits_until_the_visit_should_have_begun(visit, leader):
    with pytest.raises(ValidationError) as refusal:
        mark_not_held(visit, by=leader, reason="大雪", now=at("2026-11-24 09:00"))
    ended = mark_not_held(visit, by=leader, reason="大雪", now=NOW)

    assert refusal.value.code == "not_yet"
    assert ended.state == VisitState.NOT_HELD


def test_confirm_visit_refuses_what_is_not_logged(visit, leader):
    with pytest.raises(ValidationError) as refusal:
        confirm_visit(visit, by=leader, now=NOW)

    assert refusal.value.code == "move_not_allowed"
