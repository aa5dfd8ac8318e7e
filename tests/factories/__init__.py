from tests.factories.absences import AbsenceFactory
from tests.factories.calendar import CalendarDayFactory
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
    "CadreFactory",
    "CalendarDayFactory",
    "ContactPointFactory",
    "MandateFactory",
    "PlaceFactory",
    "PostFactory",
    "RoleGrantFactory",
    "UnitFactory",
    "VisitFactory",
    "at",
    "small_jiangsu",
]
