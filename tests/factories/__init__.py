from tests.factories.entries import (
    ActionFactory,
    FindingFactory,
    InvestigationFactory,
    MatterFactory,
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
    "AccountFactory",
    "ActionFactory",
    "CadreFactory",
    "ContactPointFactory",
    "FindingFactory",
    "InvestigationFactory",
    "MandateFactory",
    "MatterFactory",
    "PlaceFactory",
    "PostFactory",
    "ReceptionFactory",
    "RoleGrantFactory",
    "TalkFactory",
    "UnitFactory",
    "VisitFactory",
    "at",
    "small_jiangsu",
]
