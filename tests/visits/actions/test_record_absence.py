import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from tests.factories import AbsenceFactory, CadreFactory, VisitFactory, at
from visits.actions.record_absence import (
    change_absence,
    record_absence,
    remove_absence,
)
from visits.actions.refusals import Refusal
from visits.models import Absence, DiaryEntry
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db
NOW = at("2026-11-24 10:00")
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 3)


def record(by, cadre, first=FIRST, last=LAST, kind="leave"):
    return record_absence(
        by=by, now=NOW, cadre=cadre, kind=kind, first=first, last=last
    )


def change(absence, by, first=FIRST, last=LAST, **other):
    given = {"now": NOW, "seen": absence.recorded_at, "kind": "leave"} | other
    return change_absence(absence, by=by, first=first, last=last, **given)


def visit_of(cadre, place, starts_at, **other):
    return VisitFactory(
        officials=[cadre], unit=cadre.unit, places=[place], starts_at=at(starts_at),
        **other,
    )  # fmt: skip


def spans():
    return list(DiaryEntry.objects.values_list("starts_at", "ends_at"))


def test_record_absence_takes_whole_local_days(liaison, leader):
    absence = record(liaison, leader.cadre)

    assert spans() == [(at("2026-12-01 00:00"), at("2026-12-04 00:00"))]
    assert (absence.recorded_by, absence.recorded_at) == (liaison, NOW)


def test_record_absence_twice_is_one_absence(liaison, leader):
    assert record(liaison, leader.cadre) == record(liaison, leader.cadre)
    assert Absence.objects.count() == DiaryEntry.objects.count() == 1


def test_record_absence_beside_visits_and_other_absences(liaison, leader, js):
    visit_of(leader.cadre, js.tangzhang, "2026-12-04 00:00")
    visit_of(leader.cadre, js.tangzhang, "2026-11-30 21:00")
    visit_of(
        leader.cadre, js.gulou, "2026-12-02 09:00", state=VisitState.CANCELLED,
        reason_ended="暴雨",
    )  # fmt: skip
    record(liaison, leader.cadre, date(2026, 12, 5), date(2026, 12, 5))

    assert record(liaison, leader.cadre).pk


@pytest.mark.parametrize("starts_at", ["2026-11-30 22:00", "2026-12-03 21:00"])
def test_record_absence_refuses_and_names_the_visit(liaison, leader, js, starts_at):
    visit = visit_of(leader.cadre, js.tangzhang, starts_at)

    with pytest.raises(Refusal) as refusal:
        record(liaison, leader.cadre)

    assert refusal.value.code == "double_booking"
    assert [clash.visit for clash in refusal.value.clashes] == [visit]
    assert not Absence.objects.exists()


def test_record_absence_does_not_name_a_visit_that_one_may_not_see(
    district_admin, leader, js
):
    visit_of(
        leader.cadre,
        js.tangzhang,
        "2026-12-02 09:00",
        mode=Mode.UNANNOUNCED,
        hidden_until=timezone.now() + timedelta(hours=1),
    )

    with pytest.raises(Refusal) as refusal:
        record(district_admin, leader.cadre)

    assert [clash.visit for clash in refusal.value.clashes] == [None]


def test_record_absence_refuses_a_second_absence_on_a_day(liaison, leader):
    there = record(liaison, leader.cadre)

    with pytest.raises(Refusal) as refusal:
        record(liaison, leader.cadre, LAST, LAST, kind="training")

    assert [clash.absence for clash in refusal.value.clashes] == [there]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(1, 1, 1), LAST, "first"),
        (FIRST, date(9999, 12, 31), "last"),
        (LAST, FIRST, "last"),
        (date(2026, 8, 25), LAST, "first"),
        (FIRST, date(2027, 11, 26), "last"),
    ],
)
def test_record_absence_refuses_impossible_days(liaison, leader, first, last, field):
    with pytest.raises(ValidationError) as refusal:
        record(liaison, leader.cadre, first, last)

    assert set(refusal.value.error_dict) == {field}
    assert not DiaryEntry.objects.exists()


def test_record_absence_takes_the_outermost_days(liaison, leader):
    assert record(liaison, leader.cadre, date(2026, 8, 26), date(2027, 11, 25)).pk


def test_change_absence_moves_its_diary(liaison, leader, district_admin):
    absence = record(liaison, leader.cadre)

    change(absence, district_admin, LAST, LAST + timedelta(days=4), kind="training")

    absence.refresh_from_db()
    assert (absence.kind, absence.first) == ("training", LAST)
    assert absence.recorded_by == district_admin
    assert spans() == [(at("2026-12-03 00:00"), at("2026-12-08 00:00"))]


def test_change_absence_that_clashes_leaves_it_as_it_was(liaison, leader, js):
    absence = record(liaison, leader.cadre)
    visit_of(leader.cadre, js.tangzhang, "2026-12-05 09:00")

    with pytest.raises(Refusal):
        change(absence, liaison, last=date(2026, 12, 5))

    absence.refresh_from_db()
    assert absence.last == LAST
    assert spans()[0] == (at("2026-12-01 00:00"), at("2026-12-04 00:00"))


def test_change_absence_refuses_a_stale_form(liaison, leader):
    absence = record(liaison, leader.cadre)

    with pytest.raises(Refusal) as refusal:
        change(absence, liaison, last=FIRST, seen=NOW - timedelta(seconds=1))

    assert refusal.value.code == "stale"


def test_change_absence_twice_is_one_change(liaison, leader):
    absence = record(liaison, leader.cadre)
    seen = absence.recorded_at
    change(absence, liaison, last=FIRST, now=NOW + timedelta(minutes=1))

    again = change(absence, liaison, last=FIRST, seen=seen)

    assert again.recorded_at == NOW + timedelta(minutes=1)


def test_an_absence_that_began_long_ago_may_end_on_another_day(liaison, leader):
    absence = AbsenceFactory(
        cadre=leader.cadre, first=date(2026, 1, 5), last=date(2026, 12, 31)
    )

    change(absence, liaison, date(2026, 1, 5), date(2026, 11, 27))

    assert spans() == [(at("2026-01-05 00:00"), at("2026-11-28 00:00"))]


def test_remove_absence_frees_the_days(liaison, leader):
    remove_absence(record(liaison, leader.cadre))

    assert not DiaryEntry.objects.exists()


def test_what_is_gone_cannot_be_changed_or_removed(liaison, leader):
    absence = record(liaison, leader.cadre)
    Absence.objects.all().delete()

    for act in (
        lambda: change(absence, liaison, last=FIRST),
        lambda: remove_absence(absence),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == "gone"


@pytest.mark.django_db(transaction=True)
def test_of_many_absences_at_once_one_stands(liaison):
    cadre = CadreFactory()
    outcomes = []

    def try_it(day):
        try:
            record(liaison, cadre, FIRST, FIRST + timedelta(days=day))
            outcomes.append("recorded")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[day]) for day in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["double_booking"] * 7 + ["recorded"]
    assert DiaryEntry.objects.count() == 1
