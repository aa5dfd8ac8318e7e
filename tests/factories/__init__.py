from tests.factories.absences import AbsenceFactory
from tests.factories.calendar import CalendarDayFactory
from tests.factories.entries import (
    ActionFactory,
    FindingFactory,
    FindingUseFactory,
    InvestigationFactory,
    MatterFactory,
    ProblemFactory,
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
    "FindingUseFactory",
    "InvestigationFactory",
    "MandateFactory",
    "MatterFactory",
    "PlaceFactory",
    "PostFactory",
    "ProblemFactory",
    "QuestionFactory",
    "ReceptionFactory",
    "RoleGrantFactory",
    "TalkFactory",
    "UnitFactory",
    "VisitFactory",
    "at",
    "small_jiangsu",
]
