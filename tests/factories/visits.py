"""Visits as rows, without the actions: quick, and free to be in any state."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cadres.models import District
from tests.factories.people import AccountFactory, CadreFactory, UnitFactory
from visits.models import DiaryEntry, Stop, Visit, VisitOfficial
from visits.rules.activities import Activity
from visits.rules.counting import Spot, points
from visits.rules.half_days import half_days
from visits.rules.visibility import hidden_until
from visits.rules.visit_states import BOOKED, HELD, Part, VisitState

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """`at("2026-11-23 09:00")`: that moment in the office's time zone."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class VisitFactory(DjangoModelFactory[Visit]):
    """`VisitFactory(places=[a, b], officials=[x], starts_at=at("…"), hours=3)`.

    Stops follow each other without a gap, `hours` each.
    """

    class Meta:
        model = Visit
        skip_postgeneration_save = True

    class Params:
        hours = 3
        count = 1
        held = factory.Trait(
            state=VisitState.LOGGED,
            logged_at=factory.LazyFunction(timezone.now),
        )

    purpose = "看望困难群众"
    state = VisitState.PLANNED
    starts_at = at("2026-11-25 09:00")
    ends_at = factory.LazyAttribute(
        lambda o: o.starts_at + timedelta(hours=o.hours * o.count)
    )
    starts_on = factory.LazyAttribute(lambda o: o.starts_at.astimezone(SHANGHAI).date())
    ends_on = factory.LazyAttribute(lambda o: o.ends_at.astimezone(SHANGHAI).date())
    hidden_until = factory.LazyAttribute(lambda o: hidden_until(o.mode, o.ends_at, 24))
    mode = "announced"
    unit = factory.SubFactory(UnitFactory)
    planned_by = factory.SubFactory(AccountFactory)
    client_key = factory.LazyFunction(uuid.uuid4)
    logged_at = factory.LazyAttribute(
        lambda o: timezone.now() if o.state in HELD else None
    )

    @factory.post_generation
    def officials(self, create, extracted, **kwargs):
        officials = [CadreFactory(unit=self.unit)] if extracted is None else extracted
        for index, official in enumerate(officials):
            VisitOfficial.objects.create(
                visit=self,
                official=official,
                unit=official.unit,
                part=Part.COMPANION if index else Part.LEAD,
            )

    @factory.post_generation
    def places(self, create, extracted, activities=None, **kwargs):
        places: list[District] = extracted or []
        spots = [Spot(p.province_id, p.prefecture_id, p.county_id) for p in places]
        hours = (self.ends_at - self.starts_at) / max(len(places), 1)
        for position, (place, point) in enumerate(zip(places, points(spots))):
            starts_at = self.starts_at + hours * position
            ends_at = starts_at + hours
            stop = Stop(
                visit=self,
                position=position + 1,
                starts_at=starts_at,
                ends_at=ends_at,
                activities=activities or [Activity.STUDY],
                point_id=point,
                half_days=half_days(
                    starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
                ),
            )
            stop.settle_at(place)
            stop.save()
            if self.state in BOOKED:
                for member in self.team.all():
                    DiaryEntry.objects.create(
                        official=member.official,
                        stop=stop,
                        starts_at=starts_at,
                        ends_at=ends_at,
                    )
