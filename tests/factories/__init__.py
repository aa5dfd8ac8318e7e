from tests.factories.absences import AbsenceFactory
from tests.factories.calendar import CalendarDayFactory
from tests.factories.entries import (
    ActionFactory,
    FindingFactory,
    InvestigationFactory,
    MatterFactory,
    QuestionFactory,
    ReceptionFactory,
    TalkFactory,
)
from tests.factories.people import (
    AccountFactory,
    CadreFactory,
    ContactPointFactory,
    MandateFactory,
    PostFactory,
    RoleGrantFactory,
    UnitFactory,
)
from tests.factories.places import PlaceFactory, small_jiangsu
from tests.factories.visits import VisitFactory, at

__all__ = [
    "AbsenceFactory",
    "AccountFactory",
    "ActionFactory",
    "CadreFactory",
    "CalendarDayFactory",
    "ContactPointFactory",
    "FindingFactory",
    "InvestigationFactory",
    "MandateFactory",
    "MatterFactory",
    "PlaceFactory",
    "PostFactory",
    "QuestionFactory",
    "ReceptionFactory",
    "RoleGrantFactory",
    "TalkFactory",
    "UnitFactory",
    "VisitFactory",
    "at",
    "small_jiangsu",
]
