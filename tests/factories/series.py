"""A series as its action leaves it; or as a row, without its dates."""

import uuid
from datetime import date, time

import factory
from factory.django import DjangoModelFactory

from tests.factories.people import AccountFactory, UnitFactory
from tests.factories.places import PlaceFactory
from tests.factories.visits import at
from visits.actions.plan_series import plan_series
from visits.models import Series, SeriesOfficial
from visits.rules.activities import Activity
from visits.rules.plan import Member
from visits.rules.series import Every, OnRest

MONDAY = at("2026-11-23 08:00")  # when the series of the tests are planned


class SeriesFactory(DjangoModelFactory[Series]):
    """Ten Thursdays; no date of it is booked."""

    class Meta:
        model = Series
        skip_postgeneration_save = True

    purpose = "联系点走访"
    place = factory.SubFactory(PlaceFactory)
    activities = [Activity.STUDY]
    starts, ends = time(9, 0), time(11, 30)
    every, weekday, count = Every.WEEKS, 3, 10
    first = date(2026, 11, 26)
    on_rest = OnRest.SKIP
    unit = factory.SubFactory(UnitFactory)
    planned_by = factory.SubFactory(AccountFactory)
    client_key = factory.LazyFunction(uuid.uuid4)

    @factory.post_generation
    def officials(self, create, extracted, **kwargs):
        for number, official in enumerate(extracted or []):
            SeriesOfficial.objects.create(
                series=self, official=official, part="companion" if number else "lead"
            )


def series_of(by, officials, place, *, now=MONDAY, **fields):
    """Weekly on Thursdays from 26 November 2026 on, ten times, unless told else."""
    first = fields.get("first", date(2026, 11, 26))
    common = {
        "purpose": "联系点走访",
        "place": place,
        "activities": [Activity.STUDY],
        "starts": time(9, 0),
        "ends": time(11, 30),
        "every": Every.WEEKS,
        "weekday": first.weekday(),
        "first": first,
        "on_rest": OnRest.SKIP,
    }
    if "last" not in fields:
        common["count"] = 10
    parts = ["lead", *["companion"] * (len(officials) - 1)]
    return plan_series(
        by=by,
        now=now,
        team=[Member(it, part) for it, part in zip(officials, parts, strict=True)],
        client_key=uuid.uuid4(),
        **common | fields,
    )
