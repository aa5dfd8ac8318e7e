"""The demo as a whole: what is there, and that it is what the actions would write."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.utils import timezone

from cadres.demo.staff import LIAISON_SERVES
from cadres.models import Account, Cadre, ContactPoint, District, Unit
from cadres.rules.levels import Level
from tests.visits.demo.conftest import NOW
from visits.demo.lands import CROWDED, UNVISITED
from visits.demo.load import load_demo
from visits.demo.story import UNIFIED
from visits.models import (
    Absence,
    Action,
    DiaryEntry,
    Finding,
    Lesson,
    Matter,
    MatterState,
    Question,
    Reception,
    ReceptionSession,
    Stop,
    Talk,
    TodayLook,
    Visit,
    VisitEvent,
)
from visits.reports.action_counts import action_counts
from visits.reports.changed_since import changed_since
from visits.reports.targets import target_lines
from visits.reports.visit_snapshot import snapshot
from visits.rules.matter_states import AT_UNIT
from visits.rules.plan import (
    Member,
    StopPlan,
    faults_of_places,
    faults_of_stops,
    faults_of_team,
)
from visits.rules.question_states import QuestionState
from visits.rules.visit_states import BOOKED, HELD, Mode, Part, VisitState, may_move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
TODAY = NOW.date()
STATE_AFTER = {
    VisitEvent.Kind.APPROVED: VisitState.APPROVED,
    VisitEvent.Kind.ANNOUNCED: VisitState.ANNOUNCED,
    VisitEvent.Kind.LOGGED: VisitState.LOGGED,
    VisitEvent.Kind.CONFIRMED: VisitState.CONFIRMED,
    VisitEvent.Kind.NOT_HELD: VisitState.NOT_HELD,
    VisitEvent.Kind.CANCELLED: VisitState.CANCELLED,
}


@pytest.fixture
def visits():
    return list(
        Visit.objects.select_related("planned_by").prefetch_related(
            "stops__place", "team__official__unit__place", "events"
        )
    )


def test_it_has_the_size_that_was_asked_for():
    assert Cadre.objects.count() == 120
    assert 1400 <= Visit.objects.count() <= 1700
    assert set(Unit.objects.values_list("level", flat=True)) == {
        Level.PROVINCE,
        Level.PREFECTURE,
        Level.COUNTY,
        Level.TOWNSHIP,
    }
    assert set(Unit.objects.values_list("kind", flat=True)) == set(Unit.Kind.values)
    assert ContactPoint.objects.count() > 120
    assert Absence.objects.count() > 20


def test_it_has_every_state_and_mode_and_kind_of_entry(visits):
    states = Counter(visit.state for visit in visits)

    assert all(states[state] >= 10 for state in VisitState.values)
    assert {visit.mode for visit in visits} == set(Mode.values)
    for model in (Talk, Finding, Reception):
        assert model.objects.count() > 200
    assert Matter.objects.count() >= 300
    assert set(Matter.objects.values_list("state", flat=True)) == set(MatterState)
    matters = Matter.objects.filter(state__in=AT_UNIT)
    assert matters.filter(due_on__lt=TODAY).count() > 10
    assert matters.filter(due_on__gte=TODAY).count() > 10


def test_it_is_a_year_around_today_mostly_in_office_hours(visits):
    days = [visit.starts_on for visit in visits]
    stops = [(stop.starts_at + timedelta(hours=8)).hour for stop in Stop.objects.all()]

    assert min(days) < TODAY - timedelta(days=240)
    assert max(days) > TODAY + timedelta(days=75)
    assert TODAY in days
    assert sum(8 <= hour <= 17 for hour in stops) / len(stops) > 0.85
    assert sum(hour >= 19 for hour in stops) > 50
    assert sum(day.weekday() < 5 for day in days) / len(days) > 0.95


def test_its_texts_vary():
    assert Visit.objects.values("purpose").distinct().count() > 350
    assert Visit.objects.values("summary").distinct().count() > 700
    assert Talk.objects.values("theme").distinct().count() >= 30
    assert Matter.objects.values("subject").distinct().count() > 150
    assert not Matter.objects.filter(decision__contains="{").exists()
    assert not Finding.objects.filter(text__contains="{").exists()


def test_every_plan_would_be_accepted(visits):
    for visit in visits:
        stops = [
            StopPlan(
                stop.place,
                timezone.localtime(stop.planned_starts_at or stop.starts_at),
                timezone.localtime(stop.planned_ends_at or stop.ends_at),
                stop.activities,
            )
            for stop in sorted(visit.stops.all(), key=lambda stop: stop.position)
        ]
        team = [Member(it.official, it.part) for it in visit.team.all()]
        lead = next(it.official for it in team if it.part == Part.LEAD)
        around = {
            "earliest": TODAY - timedelta(days=366),
            "latest": TODAY + timedelta(days=366),
        }
        visit.clean_fields()

        assert list(faults_of_stops(stops, **around)) == []
        assert list(faults_of_places(stops, area=lead.unit.place, today=TODAY)) == []
        assert list(faults_of_team(team)) == []
        assert visit.unit_id == lead.unit_id


def test_what_is_held_is_over_and_what_is_to_come_is_not_logged(visits):
    for visit in visits:
        if visit.state in (*HELD, VisitState.NOT_HELD):
            assert visit.ends_at < NOW
        if visit.state in HELD:
            assert visit.ends_at <= visit.logged_at <= NOW


def test_history_makes_only_allowed_moves_in_order_of_time(visits):
    for visit in visits:
        events = sorted(visit.events.all(), key=lambda event: event.pk)
        assert events[0].kind == VisitEvent.Kind.PLANNED
        assert [it.at for it in events] == sorted(it.at for it in events)
        assert events[-1].at <= NOW

        lead = next(it.official_id for it in visit.team.all() if it.part == Part.LEAD)
        state = VisitState.DRAFT if visit.state == VisitState.DRAFT else "planned"
        if visit.planned_by.cadre_id == lead and state == "planned":
            state = VisitState.APPROVED
        for event in events[1:]:
            assert may_move(state, STATE_AFTER[event.kind]), (visit.pk, event.kind)
            state = STATE_AFTER[event.kind]
        assert state == visit.state


def test_logged_changes_read_as_the_action_writes_them(visits):
    # A deadline that was postponed since stands with its matter, not in the log.
    postponed = Matter.objects.exclude(due_on=F("first_due_on"))
    as_logged = [
        visit
        for visit in visits
        if visit.state == VisitState.LOGGED
        and not postponed.filter(stop__visit=visit).exists()
    ]
    for visit in as_logged[:20]:
        now = snapshot(visit)
        changes = visit.events.get(kind=VisitEvent.Kind.LOGGED).changes
        assert {name: after for name, (_before, after) in changes.items()} == {
            name: now[name] for name in changes
        }
        assert {"state", "summary"} <= changes.keys()


def test_diary_holds_the_booked_stops_and_the_absences(visits):
    wanted = sum(
        len(visit.stops.all()) * len(visit.team.all())
        for visit in visits
        if visit.state in BOOKED
    )

    assert DiaryEntry.objects.filter(stop__isnull=False).count() == wanted
    assert DiaryEntry.objects.filter(absence__isnull=False).count() == (
        Absence.objects.count()
    )


def test_unified_action_counts_as_in_the_handbook():
    action = Action.objects.get(name=UNIFIED)

    assert action_counts(action.visits.all()) == {
        "officials": 3,
        "official_visits": 3,
        "visits": 3,
        "place_visits": 4,
    }
    assert Action.objects.count() == 3


def test_one_town_is_crowded_and_a_dozen_have_waited_long():
    crowded = District.objects.get(
        county__name=CROWDED[0], name=CROWDED[1], level=Level.TOWNSHIP
    )
    held = Stop.objects.filter(visit__state__in=HELD)
    recent = held.filter(visit__starts_on__gte=TODAY - timedelta(days=30))
    half_a_year = held.filter(visit__starts_on__gte=TODAY - timedelta(days=183))
    seen = set(half_a_year.values_list("township", flat=True))
    townships = District.objects.filter(
        prefecture__code="3203",
        level=Level.TOWNSHIP,
        valid_to=None,
        kind__in=("subdistrict", "town", "township"),
        is_zone=False,
        county__is_zone=False,
    )
    waiting = {
        (place.county.name, place.name)
        for place in townships.select_related("county")
        if place.pk not in seen
    }

    assert recent.filter(township=crowded).values("visit").distinct().count() >= 12
    assert waiting == set(UNVISITED)


def test_unannounced_visits_of_the_leader_are_hidden_until_they_are_over():
    leader, district, liaison = (
        Account.objects.get(username=name) for name in ("leader", "district", "liaison")
    )
    secret = Visit.objects.filter(
        mode=Mode.UNANNOUNCED, team__official=leader.cadre, team__part=Part.LEAD
    )
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    coming = secret.get(starts_on__range=(monday, monday + timedelta(days=4)))
    past = secret.filter(hidden_until__lt=NOW, state=VisitState.CONFIRMED)

    assert past.exists()
    for account, sees in ((leader, True), (liaison, True), (district, False)):
        visible = Visit.objects.visible_to(account)
        assert visible.filter(pk=coming.pk).exists() is sees
        assert visible.filter(pk__in=past).exists() is True


def test_leader_and_liaison_find_work_on_their_desks():
    leader = Account.objects.get(username="leader")
    liaison = Account.objects.get(username="liaison")
    own = Visit.objects.filter(team__official=leader.cadre, team__part=Part.LEAD)

    assert len(liaison.acts_for_ids()) == LIAISON_SERVES
    assert leader.cadre_id in liaison.acts_for_ids()
    assert own.filter(state=VisitState.LOGGED).count() >= 3
    assert own.to_come().filter(ends_at__lt=NOW).count() >= 2
    assert own.filter(state=VisitState.PLANNED, starts_at__gt=NOW).count() >= 2
    assert own.filter(starts_on=TODAY).count() >= 1


def test_reception_sessions_are_held_to_come_moved_and_cancelled():
    sessions = ReceptionSession.objects.all()

    assert sessions.filter(state="held", results__isnull=False).exists()
    assert sessions.filter(state="published", booked__gt=0).exists()
    assert sessions.filter(state="cancelled").count() == 1
    assert sessions.exclude(moved_from=None).exists()
    assert sessions.filter(leaders__replaces__isnull=False).count() == 1


def test_loading_again_changes_nothing(django_assert_num_queries):
    before = Visit.objects.count(), Account.objects.count()

    with django_assert_num_queries(4):  # the transaction (2), the lock, the look
        assert load_demo(now=NOW + timedelta(days=40)) is False

    assert (Visit.objects.count(), Account.objects.count()) == before


def test_loading_is_refused_outside_the_demo_mode(settings):
    settings.DEMO = False

    with pytest.raises(ImproperlyConfigured, match="The demo is off"):
        load_demo(now=NOW)


def test_talks_tell_how_they_were_and_what_was_asked():
    states = Counter(Question.objects.values_list("state", flat=True))
    bare = Talk.objects.filter(format=None).count()
    without = Question.objects.filter(events=None).count()

    assert set(states) >= set(QuestionState) - {QuestionState.WITHDRAWN}
    assert sum(states.values()) >= 300
    assert (bare, without) == (0, 0)


def test_the_leader_has_questions_that_wait_and_that_were_turned():
    leader = Account.objects.get(username="leader")
    seen = Question.objects.visible_to(leader)

    assert seen.open().exists()
    assert seen.filter(state=QuestionState.LETTER).exists()
    assert seen.filter(state=QuestionState.MATTER).exists()


def test_the_leader_has_notes_targets_and_news():
    leader = Account.objects.get(username="leader")
    own = Lesson.objects.filter(author=leader)
    coming = Visit.objects.to_come().filter(team__official=leader.cadre_id)
    townships = coming.values("stops__township")

    assert {it.is_shared for it in own} == {True, False}
    assert Lesson.objects.shared().filter(township__in=townships).count() >= 3
    assert len(target_lines(leader.cadre, leader, on=NOW.date())) == 2
    look = TodayLook.objects.get(account=leader)
    assert changed_since(leader, look.looked_at, now=NOW).rows
