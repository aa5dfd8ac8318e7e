"""What is logged at a stop: one short entry for each kind of work."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from tests.factories.people import AccountFactory, CadreFactory, UnitFactory
from visits.models import (
    Action,
    Finding,
    FindingUse,
    Investigation,
    Matter,
    MatterState,
    Problem,
    Question,
    Reception,
    Talk,
)
from visits.rules.problem_states import ProblemState
from visits.rules.question_states import QuestionState


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


class QuestionFactory(DjangoModelFactory[Question]):
    """As it was written down at a talk, with the first event of its history."""

    class Meta:
        model = Question

    class Params:
        promised = factory.Trait(
            state=QuestionState.PROMISED,
            unit_name="水务局",
            due_on=date(2026, 12, 20),
        )
        answered = factory.Trait(
            state=QuestionState.ANSWERED,
            answer="下月起执行新标准。",
            answered_by="辛志强",
            answered_on=date(2026, 11, 20),
        )

    text = "水费标准什么时候调整？"
    state = QuestionState.ASKED
    recorded_by = factory.SelfAttribute("talk.stop.visit.planned_by")
    client_key = factory.Faker("uuid4")
    due_on = None
    first_due_on = factory.SelfAttribute("due_on")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        question = super()._create(model_class, *args, **kwargs)
        question.events.create(
            step="record",
            to_state=question.state,
            by=question.recorded_by,
            record={"text": question.text},
        )
        return question


class InvestigationFactory(DjangoModelFactory[Investigation]):
    class Meta:
        model = Investigation

    topic = factory.Sequence(lambda n: f"课题{n}")
    leader = factory.SubFactory(CadreFactory)
    unit = factory.SelfAttribute("leader.unit")


class FindingFactory(DjangoModelFactory[Finding]):
    class Meta:
        model = Finding

    investigation = factory.SubFactory(InvestigationFactory)
    text = "水渠失修"


class ProblemFactory(DjangoModelFactory[Problem]):
    """Entered at noon of `found_on`, with the first event of its history."""

    class Meta:
        model = Problem

    class Params:
        passed_up = factory.Trait(
            state=ProblemState.PASSED_UP,
            passed_to=factory.SubFactory(UnitFactory),
            asked="请统一管护标准",
        )
        answered_above = factory.Trait(
            passed_up=True,
            state=ProblemState.ANSWERED,
            answered_on=factory.SelfAttribute("passed_on"),
            answer_kind="advice",
            answer="参照省标",
        )

    investigation = factory.SubFactory(InvestigationFactory)
    text = "管护责任没有分清"
    level = "own"
    state = ProblemState.OPEN
    recorded_by = factory.SubFactory(AccountFactory)
    client_key = factory.Faker("uuid4")

    @classmethod
    def _create(cls, model_class, *args, found_on, **kwargs):
        problem = super()._create(model_class, *args, **kwargs)
        problem.events.create(
            step="record",
            to_state=ProblemState.OPEN,
            by=problem.recorded_by,
            acted_as="leader",
            at=datetime.combine(found_on, time(12), ZoneInfo("Asia/Shanghai")),
        )
        return problem


class FindingUseFactory(DjangoModelFactory[FindingUse]):
    class Meta:
        model = FindingUse

    investigation = factory.SubFactory(InvestigationFactory)
    finding = "管护办法"
    where = "全市"
    recorded_by = factory.SubFactory(AccountFactory)
    client_key = factory.Faker("uuid4")


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
        awaiting = factory.Trait(
            state=MatterState.SAID_DONE,
            lead_unit="水务局",
            due_on=date(2026, 11, 20),
            unit_word="done",
        )

    subject = "村口路灯"
    decision = "当场解决"
    state = MatterState.SETTLED

    first_due_on = factory.SelfAttribute("due_on")
    due_on = None

    @factory.lazy_attribute
    def decided_by(self):
        return self.stop.visit.team.get(part="lead").official

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """At the place of its stop or letter, unless another is given."""
        about = kwargs.get("stop") or kwargs.get("letter")
        matter = model_class(*args, **kwargs)
        matter.settle_at(kwargs.get("place") or about.place)
        matter.save()
        return matter
