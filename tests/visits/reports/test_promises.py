"""Kept, said to be done, in time, late, broken: they add up, as seen from both."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import CadreFactory, MatterFactory, VisitFactory
from visits.models import Matter
from visits.reports.asked import Asked, ByChild, ByOfficial
from visits.reports.counting import Total, count
from visits.reports.figures import PROMISED
from visits.rules.matter_states import WITH_WORD, MatterState
from visits.rules.periods import PeriodKind, period_of

pytestmark = pytest.mark.django_db
PARTS = [f"promises_{it}" for it in ("kept", "said", "in_time", "late", "broken")]


def test_promises_add_up_per_official_and_per_district(js, province_admin):
    dice, today = random.Random(8), timezone.localdate()
    officials = CadreFactory.create_batch(3)
    for number, state in enumerate(list(MatterState) * 4):
        visit = VisitFactory(
            held=True,
            officials=[dice.choice(officials)],
            places=[dice.choice([js.tangzhang, js.shitun, js.huancheng])],
            starts_at=timezone.localtime() - timedelta(days=number + 1),
            hours=1,
        )
        due_on = today + timedelta(days=dice.randint(-20, 20))
        closed = state in WITH_WORD
        MatterFactory(
            stop=visit.stops.get(),
            state=state,
            lead_unit="水务局",
            due_on=due_on,
            raised_on=today,
            heard=closed,
            people_word="settled" if closed else "",
            struck_off_on=today if closed else None,
            look_back_on=today if closed else None,
            reopened=int(state == MatterState.REOPENED or dice.random() < 0.2),
        )
    question = Asked(province_admin, today, period_of(PeriodKind.YEAR, today))
    of_people = ByOfficial(tuple(it.pk for it in officials))

    counted = [
        (count(question, rows, PROMISED.figures), rows)
        for rows in (of_people, ByChild.of(js.js), ByChild.of(js.xuzhou))
    ]

    everything = Matter.objects.promised().count()
    assert everything == 36
    for counts, rows in counted:
        keys = [None, *counts.keys()]
        for key in (Total, *keys):
            parts = sum(counts.of(name, key) for name in PARTS)
            assert parts == counts.of("promises", key)
        if rows is not counted[2][1]:
            assert counts.of("promises") == everything
            assert sum(counts.of("promises", key) for key in keys) == everything
