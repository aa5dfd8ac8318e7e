"""Two people book the date that a series offers again, at the same moment."""

from datetime import date

import pytest

from tests.factories import AccountFactory, VisitFactory, at
from tests.factories.series import MONDAY, series_of
from tests.visits.actions.test_races import in_parallel
from visits.actions.move_visit import cancel_visit
from visits.actions.plan_series import book_skipped
from visits.models import DiaryEntry, SeriesDate, Visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_offered_date_becomes_one_visit(liaison, leader, js):
    obstacle = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-12-03 10:00"),
    )
    series = series_of(liaison, [leader.cadre], js.shitun, count=2)
    cancel_visit(obstacle, by=liaison, reason="另有安排")
    row = series.dates.get(day=date(2026, 12, 3))
    people = [liaison, leader, *AccountFactory.create_batch(4)]

    answers = in_parallel(
        *[lambda who=who: book_skipped(row, by=who, now=MONDAY) for who in people]
    )

    assert len({visit.pk for visit in answers}) == 1
    assert Visit.objects.filter(state__in=["planned", "approved"]).count() == 2
    assert DiaryEntry.objects.count() == 2
    assert SeriesDate.objects.get(pk=row.pk).visit == answers[0]
