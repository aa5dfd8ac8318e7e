"""What is logged at a stop: one short entry for each kind of work."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from tests.factories.people import AccountFactory, CadreFactory, UnitFactory
from visits.models import (
    Action,
    Finding,
    Investigation,
    Matter,
    MatterState,
    Reception,
    Talk,
)


class ActionFactory(DjangoModelFactory[Action]):
    class Meta:
        model = Action

    name = "统一行动"
    organiser = factory.SubFactory(UnitFactory)
    first = date(2026, 11, 18)
    last = date(2026, 11, 19)
    planned_by = factory.SubFactory(AccountFactory)
    client_key = factory.Faker("uuid4")


class TalkFactory(DjangoModelFactory[Talk]):
    class Meta:
        model = Talk

    theme = "土地政策"
    audience = 20


class InvestigationFactory(DjangoModelFactory[Investigation]):
    class Meta:
        model = Investigation

    topic = factory.Sequence(lambda n: f"课题{n}")
    leader = factory.SubFactory(CadreFactory)


class FindingFactory(DjangoModelFactory[Finding]):
    class Meta:
        model = Finding

    investigation = factory.SubFactory(InvestigationFactory)
    text = "水渠失修"


class ReceptionFactory(DjangoModelFactory[Reception]):
    class Meta:
        model = Reception

    groups = 2
    person_visits = 5
    matters = 3


class MatterFactory(DjangoModelFactory[Matter]):
    class Meta:
        model = Matter

    class Params:
        assigned = factory.Trait(
            state=MatterState.ASSIGNED, lead_unit="水务局", due_on=date(2026, 11, 20)
        )

    subject = "村口路灯"
    decision = "当场解决"
    state = MatterState.SETTLED

    @factory.lazy_attribute
    def place(self):
        return self.stop.place
