"""Bookings that come at the same moment, through connections of their own."""

import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from tests.factories import AccountFactory, CadreFactory, VisitFactory, at
from visits.actions.join_visit import join_visit
from visits.actions.log_visit import log_visit
from visits.actions.plan_action import Leg, plan_action
from visits.actions.plan_visit import change_plan, plan_visit
from visits.actions.refusals import Refusal
from visits.models import Absence, DiaryEntry, Visit
from visits.rules.log import StopLog
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import Part

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-11-23 10:00")
AT_ONCE = 50  # connections


def in_parallel(*jobs):
    """Run the jobs in threads; return what each answered or raised."""

    def run(job):
        try:
            return job()
        except Exception as error:  # noqa: BLE001 – it is what the test looks at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, jobs))


def plan(by, officials, place, start="09:00", end="11:00", **more):
    team = [
        Member(official, Part.COMPANION if n else Part.LEAD)
        for n, official in enumerate(officials)
    ]
    stop = StopPlan(
        place, at(f"2026-11-25 {start}"), at(f"2026-11-25 {end}"), ["study"]
    )
    return plan_visit(
        by=by,
        now=NOW,
        team=team,
        stops=[stop],
        client_key=more.pop("client_key", None) or uuid.uuid4(),
        purpose="设施农业",
        **more,
    )


def no_overlap():
    """Whether no official is at two places at once; asked of the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM visits_diaryentry a JOIN visits_diaryentry b"
            " ON a.official_id = b.official_id AND a.id < b.id"
            " AND tstzrange(a.starts_at, a.ends_at)"
            " && tstzrange(b.starts_at, b.ends_at)"
        )
        return cursor.fetchone()[0] == 0


def test_200_bookings_of_one_official_leave_one(leader, js):
    accounts = [
        AccountFactory(acts_for=[leader.cadre], unit=leader.unit) for _n in range(8)
    ]
    for account in accounts:
        account.grants.create(role="liaison", unit=leader.unit, first="2024-01-01")

    answers = in_parallel(
        *(
            lambda n=n: plan(
                accounts[n % 8],
                [leader.cadre],
                [js.tangzhang, js.shitun, js.liuji][n % 3],
                f"{9 + n % 2}:{n % 4 * 10:02}".zfill(5),
                "12:00",
                crowding_reason="会议安排",
            )
            for n in range(200)
        )
    )

    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {Visit: 1, Refusal: 199}
    assert Visit.objects.count() == 1
    won = Visit.objects.get()
    for refusal in (a for a in answers if isinstance(a, Refusal)):
        [clash] = refusal.clashes
        assert refusal.code == "double_booking"
        assert (clash.official, clash.visit) == (leader.cadre, won)
        assert len(clash.windows) == 3


def test_one_form_sent_20_times_at_once_is_one_visit(liaison, leader, js):
    key = uuid.uuid4()

    answers = in_parallel(
        *(
            lambda: plan(liaison, [leader.cadre], js.tangzhang, client_key=key)
            for _n in range(20)
        )
    )

    assert {getattr(answer, "pk", answer) for answer in answers} == {
        Visit.objects.get().pk
    }


def test_50_bookings_of_one_village_do_not_crowd_it_unseen(liaison, xuzhou_office, js):
    officials = CadreFactory.create_batch(50, unit=xuzhou_office)

    answers = in_parallel(
        *(lambda o=o: plan(liaison, [o], js.village) for o in officials)
    )

    assert Counter(type(answer) for answer in answers) == {Visit: 1, Refusal: 49}
    assert {a.code for a in answers if isinstance(a, Refusal)} == {"crowded"}


def test_teams_in_any_order_do_not_lock_each_other_out(liaison, xuzhou_office, js):
    officials = CadreFactory.create_batch(5, unit=xuzhou_office)
    chance = random.Random(4)

    def job():
        team, hour = chance.sample(officials, 3), chance.randint(8, 17)
        place = chance.choice([js.tangzhang, js.shitun])
        hours = f"{hour:02}:00", f"{hour + 1:02}:00"
        return lambda: plan(liaison, team, place, *hours, crowding_reason="会议安排")

    answers = in_parallel(*(job() for _n in range(100)))

    assert set(map(type, answers)) <= {Visit, Refusal}
    assert all(a.clashes for a in answers if isinstance(a, Refusal))
    assert no_overlap()


def test_joining_changing_and_planning_at_once(liaison, leader, xuzhou_office, js):
    other = CadreFactory(unit=xuzhou_office)
    soon = timezone.localtime() + timedelta(days=5)
    for _round in range(6):
        Visit.objects.all().delete()
        visit = VisitFactory(
            officials=[other], places=[js.tangzhang], starts_at=soon, unit=xuzhou_office
        )
        stop = StopPlan(js.tangzhang, soon, soon + timedelta(hours=3), ["study"])

        def join(visit=visit):
            return join_visit(
                visit, by=liaison, officials=[leader.cadre], now=timezone.localtime()
            )

        def change(visit=visit, stop=stop):
            return change_plan(
                visit,
                by=liaison,
                now=timezone.localtime(),
                version=1,
                team=[Member(other), Member(leader.cadre, Part.COMPANION)],
                stops=[stop],
                purpose="供水",
                crowding_reason="会议安排",
            )

        def book(stop=stop):
            return plan_visit(
                by=liaison,
                now=timezone.localtime(),
                team=[Member(leader.cadre)],
                stops=[stop],
                client_key=uuid.uuid4(),
                purpose="设施农业",
                crowding_reason="会议安排",
            )

        answers = in_parallel(join, change, book, join, change, book)

        assert set(map(type, answers)) <= {Visit, Refusal}
        assert all(
            a.code in ("double_booking", "twice_in_team", "stale")
            for a in answers
            if isinstance(a, Refusal)
        )
        assert no_overlap()
        assert DiaryEntry.objects.filter(official=leader.cadre).count() == 1


def test_actions_and_visits_at_once_do_not_lock_each_other_out(
    liaison, xuzhou_office, js
):
    one, two = CadreFactory.create_batch(2, unit=xuzhou_office)

    def act():
        def leg(official, place):
            stop = StopPlan(
                place, at("2026-11-25 09:00"), at("2026-11-25 11:00"), ["study"]
            )
            return Leg(official, stop)

        return plan_action(
            by=liaison,
            now=NOW,
            name="统一行动",
            organiser=xuzhou_office,
            first=at("2026-11-25 00:00").date(),
            last=at("2026-11-26 00:00").date(),
            legs=[leg(one, js.tangzhang), leg(two, js.shitun)],
            client_key=uuid.uuid4(),
        )

    answers = in_parallel(
        *(
            job
            for _n in range(10)
            for job in (
                act,
                lambda: plan(liaison, [two], js.tangzhang, crowding_reason="会议"),
                lambda: plan(liaison, [two, one], js.shitun, crowding_reason="会议"),
            )
        )
    )

    assert all(not isinstance(a, Exception) or isinstance(a, Refusal) for a in answers)
    assert no_overlap()
    assert DiaryEntry.objects.filter(official=two).count() == 1


def test_leave_and_a_visit_of_the_same_day_exclude_each_other(liaison, leader, js):
    def leave():
        with transaction.atomic():
            absence = Absence.objects.create(
                cadre=leader.cadre,
                kind="leave",
                first="2026-11-25",
                last="2026-11-25",
                recorded_by=liaison,
            )
            DiaryEntry.objects.create(
                official=leader.cadre,
                absence=absence,
                starts_at=at("2026-11-25 00:00"),
                ends_at=at("2026-11-26 00:00"),
            )
        return absence

    for _round in range(8):
        Visit.objects.all().delete()
        Absence.objects.all().delete()

        answers = in_parallel(
            leave, lambda: plan(liaison, [leader.cadre], js.tangzhang)
        )

        assert DiaryEntry.objects.count() == 1
        [refused] = [a for a in answers if isinstance(a, Exception)]
        assert isinstance(refused, IntegrityError | Refusal)
        if isinstance(refused, Refusal):
            [clash] = refused.clashes
            assert clash.absence == Absence.objects.get()


def test_a_log_cannot_be_corrected_into_time_that_is_being_booked(
    liaison, leader, js, xuzhou_office
):
    morning = timezone.localtime().replace(hour=1, minute=0, second=0, microsecond=0)
    morning -= timedelta(days=1)
    for _round in range(6):
        Visit.objects.all().delete()
        visit = VisitFactory(
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=morning,
            hours=1,
            unit=xuzhou_office,
        )
        stop = visit.stops.get()

        def log(visit=visit, stop=stop):
            was = StopLog(
                js.tangzhang,
                morning,
                morning + timedelta(hours=3),
                ["study"],
                pk=stop.pk,
            )
            return log_visit(
                visit, by=liaison, now=timezone.localtime(), version=1, stops=[was]
            )

        def book():
            stop = StopPlan(
                js.shitun,
                morning + timedelta(hours=2),
                morning + timedelta(hours=4),
                ["study"],
            )
            return plan_visit(
                by=liaison,
                now=timezone.localtime(),
                team=[Member(leader.cadre)],
                stops=[stop],
                client_key=uuid.uuid4(),
                purpose="供水",
                crowding_reason="会议",
            )

        answers = in_parallel(log, book)

        [refused] = [a for a in answers if isinstance(a, ValidationError)]
        assert refused.code == "double_booking"
        assert [clash.official for clash in refused.clashes] == [leader.cadre]
        assert no_overlap()
