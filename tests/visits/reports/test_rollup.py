"""What is kept per day is what is counted, whatever was written and by whom."""

import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from cadres.models import the_country
from tests.factories import AccountFactory, VisitFactory, at
from tests.factories.letters import letter_at
from tests.visits.reports.test_figures import TODAY, random_world
from visits.actions import fold_rollup as folding
from visits.actions.fold_rollup import (
    count_at_once,
    differences,
    fold_rollup,
    rebuild_rollup,
    unnoted,
)
from visits.actions.log_visit import log_visit
from visits.actions.move_visit import confirm_visit
from visits.generate.hands import Hands
from visits.models import (
    DayCount,
    Finding,
    Matter,
    Question,
    Reception,
    Stop,
    Talk,
    TouchedVisit,
    Visit,
    VisitOfficial,
    VisitShare,
)
from visits.reports.asked import Asked, ByChild
from visits.reports.counting import busiest_weeks, count
from visits.reports.district_report import district_report
from visits.reports.facts import PLACE
from visits.reports.figures import FIGURES
from visits.reports.last_visits import unvisited_since
from visits.reports.rollup import read
from visits.reports.shares import KEPT
from visits.rules.log import MatterEntry, ReceptionEntry, StopLog, TalkEntry
from visits.rules.periods import PeriodKind, period_of

FIGURES_KEPT = [*KEPT, FIGURES["dates"]]


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def wrong(asked, place):
    """The figures that are read otherwise than they are counted."""
    rows = ByChild.of(place)
    kept, weeks = read(asked, rows, FIGURES_KEPT) or ({}, {})
    counted = count(asked, rows, FIGURES_KEPT)
    found = {
        at: (kept.found.get(at, 0), counted.found.get(at, 0))
        for at in kept.found.keys() | counted.found.keys()
        if kept.found.get(at, 0) != counted.found.get(at, 0)
    }
    assert weeks == busiest_weeks(asked, rows)
    return found | wrong_townships(asked, rows)


def wrong_townships(asked, rows):
    """Those that stand otherwise among the long unvisited than the stops say."""
    since = unvisited_since(asked)
    came = Stop.objects.filter(
        visit__in=asked.held(), starts_at__range=(since, asked.until)
    )
    there = set(rows.townships(on=asked.as_of).values_list("pk", flat=True))
    unvisited = there - set(came.values_list("township", flat=True))
    found = PLACE.facts(asked, rows).filter(unvisited=True)
    return dict.fromkeys(unvisited ^ {it["target"] for it in found})


def any_of(dice, model, **filters):
    return dice.choice(list(model.objects.filter(**filters).order_by("pk")) or [None])


class Writers:
    """Writes of every kind: by actions, row by row, and in bare SQL."""

    def __init__(self, dice, js, liaison, leader):
        self.dice, self.js = dice, js
        self.liaison, self.leader = liaison, leader
        self.days = 0

    def log(self):
        self.days += 1
        visit = VisitFactory(
            officials=[self.leader.cadre],
            places=[self.js.tangzhang, self.js.shitun],
            starts_at=at(f"{date(2026, 6, 1) + timedelta(days=self.days)} 09:00"),
            count=2,
            unit=self.leader.cadre.unit,
            planned_by=self.liaison,
            materials=["汇报"],
        )
        stops = [
            StopLog(s.place, s.starts_at, s.ends_at, s.activities, s.venue, pk=s.pk)
            for s in visit.stops.order_by("position")
        ]
        now = at("2026-11-22 10:00")
        visit = log_visit(
            visit,
            by=self.liaison,
            now=now,
            version=1,
            stops=stops,
            talks=[TalkEntry(0, "医保新政", 40)],
            receptions=[ReceptionEntry(1, 3, 8, 3)],
            matters=[
                MatterEntry(1, "停水", "更换水泵", False, "住建局", TODAY),
                MatterEntry(1, "路灯", "当场修好", True),
            ],
        )
        if self.dice.random() < 0.5:
            confirm_visit(visit, by=self.leader, now=now)

    def hide(self):
        visit = any_of(self.dice, Visit, state="logged")
        later = timezone.now() + timedelta(days=3)
        sql(
            "UPDATE visits_visit SET mode = 'unannounced', hidden_until = %s"
            " WHERE id = %s",
            later,
            visit.pk,
        )

    def reveal(self):
        """As time does: nothing is written to what was counted."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE visits_visit SET hidden_until = %s"
                " WHERE hidden_until IS NOT NULL",
                [timezone.now() - timedelta(hours=1)],
            )
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    def move_place(self):
        stop = any_of(self.dice, Stop)
        to = self.dice.choice([self.js.gulou, self.js.yancheng, self.js.js])
        stop.settle_at(to)
        stop.save()

    def drop_stop(self):
        stop = any_of(self.dice, Stop, visit__state="logged", matters=None, talks=None)
        if stop and not stop.receptions.exists() and not stop.findings.exists():
            sql("DELETE FROM visits_diaryentry WHERE stop_id = %s", stop.pk)
            sql("DELETE FROM visits_stop WHERE id = %s", stop.pk)

    def other_team(self):
        member = any_of(self.dice, VisitOfficial, part="companion")
        if member:
            member.delete()

    def other_day(self):
        visit = any_of(self.dice, Visit, state="logged")
        sql(
            "UPDATE visits_visit SET starts_on = starts_on - 40,"
            " actual_escorts = 7, materials = '{a,b}' WHERE id = %s",
            visit.pk,
        )
        sql(
            "UPDATE visits_stop SET half_days = ARRAY[half_days[1] - 80] WHERE"
            " visit_id = %s",
            visit.pk,
        )

    def entries(self):
        Talk.objects.filter(pk=any_of(self.dice, Talk).pk).update(audience=5)
        Question.objects.filter(pk=any_of(self.dice, Question).pk).update(
            state="withdrawn"
        )
        any_of(self.dice, Finding).delete()
        sql("UPDATE visits_reception SET groups = groups + 1, person_visits = 99")
        any_of(self.dice, Reception).delete()

    def matters(self):
        matter = any_of(self.dice, Matter, state="assigned")
        if matter:
            Matter.objects.filter(pk=matter.pk).update(
                reopened=1, letter=letter_at(self.js.village)
            )
        sql(
            "UPDATE visits_letter SET is_sealed = NOT is_sealed, request = '',"
            " facts = '', search_text = '',"
            " sealed_text = CASE WHEN is_sealed THEN NULL ELSE 'x'::bytea END"
        )

    def cancel(self):
        visit = any_of(self.dice, Visit, state="logged")
        sql(
            "UPDATE visits_visit SET state = 'cancelled', logged_at = NULL,"
            " reason_ended = '雨' WHERE id = %s",
            visit.pk,
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seed",
    [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, 3))],
)
def test_what_is_kept_is_what_is_counted_between_any_writes(
    js, province_admin, leader, liaison, seed
):
    random_world(js, seed)
    dice = random.Random(seed)
    readers = [province_admin, leader, liaison, AccountFactory()]
    places = [the_country(), js.js, js.xuzhou, js.yancheng]
    writers = Writers(dice, js, liaison, leader)
    names = [name for name in vars(Writers) if not name.startswith("_")]

    for name in dice.sample(names, len(names)):
        getattr(writers, name)()
        if dice.random() < 0.3:
            fold_rollup()
        kind, day = dice.choice(list(PeriodKind)), date(2026, dice.choice([2, 6]), 10)
        asked = Asked(dice.choice(readers), TODAY, period_of(kind, day))
        assert not wrong(asked, dice.choice(places)), name

    fold_rollup()
    assert not TouchedVisit.objects.exists()
    assert list(differences()) == []
    year = Asked(province_admin, TODAY, period_of(PeriodKind.YEAR, TODAY))
    before = set(DayCount.objects.exclude(visits=None).values_list())
    rebuild_rollup()
    assert set(DayCount.objects.exclude(visits=None).values_list()) == before
    assert not any(wrong(year, place) for place in places)
    assert VisitShare.objects.count() > 10


@pytest.mark.django_db
def test_the_command_finds_what_is_wrong_and_makes_it_right(js, capsys):
    VisitFactory(held=True, places=[js.tangzhang])
    call_command("rebuild_rollups")
    sql("UPDATE visits_daycount SET escorts = 9 WHERE level = 2")
    sql("DELETE FROM visits_visitshare")

    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_rollups", check=True)
    call_command("rebuild_rollups")

    assert list(differences()) == []
    assert "All that is kept" in capsys.readouterr().out


@pytest.mark.django_db
def test_what_was_written_unnoted_is_all_to_be_counted(js):
    fold_rollup()
    with transaction.atomic(), connection.cursor() as cursor, unnoted(cursor):
        VisitFactory(held=True, places=[js.tangzhang, js.shitun])
        VisitFactory(places=[js.shitun])

    assert TouchedVisit.objects.count() == 1
    fold_rollup()
    assert list(differences()) == []
    VisitFactory(held=True, places=[js.tangzhang])
    assert TouchedVisit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_connections_count_what_one_would(js):
    with transaction.atomic(), connection.cursor() as cursor, unnoted(cursor):
        VisitFactory.create_batch(5, held=True, places=[js.tangzhang, js.shitun])
        VisitFactory(held=True, places=[js.jurong])

    said = count_at_once(Hands(2).do)

    assert not TouchedVisit.objects.exists()
    assert list(differences()) == []
    assert said.startswith(f"{VisitShare.objects.count()} shares")
    before = set(DayCount.objects.values_list())
    rebuild_rollup()
    assert set(DayCount.objects.values_list()) == before


@pytest.mark.django_db
def test_with_very_many_touched_reports_count_as_ever(js, province_admin, monkeypatch):
    VisitFactory(held=True, places=[js.tangzhang])
    asked = Asked(province_admin, TODAY, period_of(PeriodKind.YEAR, TODAY))
    assert read(asked, ByChild.of(js.xuzhou), FIGURES_KEPT)

    monkeypatch.setattr("visits.reports.rollup.MOST_TOUCHED", 0)

    assert read(asked, ByChild.of(js.xuzhou), FIGURES_KEPT) is None
    assert district_report(asked, js.xuzhou).counts.of("visits") == 1


@pytest.mark.django_db(transaction=True)
def test_a_fold_that_is_killed_half_way_loses_nothing(js, monkeypatch):
    VisitFactory.create_batch(3, held=True, places=[js.tangzhang, js.shitun])
    fold_rollup()
    sql("UPDATE visits_visit SET actual_escorts = 5")
    asked = Asked(AccountFactory(), TODAY, period_of(PeriodKind.YEAR, TODAY))

    def killed(cursor, visits):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(folding, "_write_shares", killed)
        with pytest.raises(OperationalError):
            fold_rollup()
    connection.close()

    assert TouchedVisit.objects.count() == 3
    assert not wrong(asked, js.xuzhou)
    fold_rollup()
    assert not wrong(asked, js.xuzhou)
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
def test_a_visit_that_is_written_while_others_are_folded_is_counted(js, monkeypatch):
    visit = VisitFactory(held=True, places=[js.tangzhang])
    asked = Asked(AccountFactory(), TODAY, period_of(PeriodKind.YEAR, TODAY))
    with transaction.atomic():
        sql("UPDATE visits_visit SET actual_escorts = 5 WHERE id = %s", visit.pk)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM visits_touchedvisit")
                noted = cursor.fetchone()[0]
        finally:
            other.close()
    assert noted < TouchedVisit.objects.count()
    fold_rollup()

    assert not wrong(asked, js.xuzhou)
