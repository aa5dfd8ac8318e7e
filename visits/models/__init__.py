from visits.models.action import Action
from visits.models.diary import Absence, DiaryEntry
from visits.models.event import VisitEvent
from visits.models.feedback import Feedback
from visits.models.investigation import Finding, Investigation
from visits.models.matter import Matter, MatterState
from visits.models.reception import Reception
from visits.models.talk import Talk
from visits.models.visit import ESCORTS, Stop, Visit, VisitOfficial, new_reference

__all__ = [
    "ESCORTS",
    "Absence",
    "Action",
    "DiaryEntry",
    "Feedback",
    "Finding",
    "Investigation",
    "Matter",
    "MatterState",
    "Reception",
    "Stop",
    "Talk",
    "Visit",
    "VisitEvent",
    "VisitOfficial",
    "new_reference",
]
