from visits.models.action import Action
from visits.models.archive_copy import ArchiveCopy
from visits.models.casework import (
    Attachment,
    DocumentTemplate,
    LetterDraft,
    LetterLink,
    PressureReport,
    Rating,
    SealTransfer,
)
from visits.models.data_request import DataRequest
from visits.models.diary import Absence, DiaryEntry
from visits.models.event import VisitEvent
from visits.models.export import Export
from visits.models.export_job import ExportJob
from visits.models.feed import CalendarFeed
from visits.models.feedback import Feedback
from visits.models.filed_report import (
    FiledReport,
    FiledReportOfficial,
    FiledReportPlace,
)
from visits.models.finding_use import FindingUse
from visits.models.investigation import (
    Finding,
    Investigation,
    InvestigationPlace,
    StudyArea,
)
from visits.models.investigation_event import InvestigationEvent
from visits.models.lesson import Lesson, LessonVersion
from visits.models.letter import (
    ContentSubject,
    LeaderHold,
    Letter,
    LetterEvent,
    NamedParty,
    Recusal,
    SealedHandler,
)
from visits.models.letter_clock import ClockRule, LetterClock
from visits.models.look import TodayLook
from visits.models.lookup_try import LookupTry
from visits.models.matter import (
    Matter,
    MatterCall,
    MatterEvent,
    MatterSample,
    MatterSlip,
)
from visits.models.notice import Digest, Notice, NoticeChoice
from visits.models.own_list import OwnList
from visits.models.petitioner import Access, Petitioner
from visits.models.policy_report import PolicyReport
from visits.models.problem import Problem, ProblemEvent
from visits.models.reception import Reception
from visits.models.rollup import DayCount, LastVisit, TouchedVisit, VisitShare
from visits.models.series import Series, SeriesDate, SeriesOfficial
from visits.models.session import (
    ReceptionSession,
    SessionBooking,
    SessionEvent,
    SessionLeader,
    SessionResult,
)
from visits.models.talk import Question, QuestionEvent, Talk, TalkFormat
from visits.models.target import Target
from visits.models.upkeep import Upkeep
from visits.models.visit import ESCORTS, Stop, Visit, VisitOfficial, new_reference
from visits.rules.matter_states import MatterState

__all__ = [
    "ESCORTS",
    "Absence",
    "Access",
    "Action",
    "ArchiveCopy",
    "Attachment",
    "CalendarFeed",
    "ClockRule",
    "ContentSubject",
    "DataRequest",
    "DayCount",
    "DiaryEntry",
    "Digest",
    "DocumentTemplate",
    "Export",
    "ExportJob",
    "Feedback",
    "FiledReport",
    "FiledReportOfficial",
    "FiledReportPlace",
    "Finding",
    "FindingUse",
    "Investigation",
    "InvestigationEvent",
    "InvestigationPlace",
    "LastVisit",
    "LeaderHold",
    "Lesson",
    "LessonVersion",
    "Letter",
    "LetterClock",
    "LetterDraft",
    "LetterEvent",
    "LetterLink",
    "LookupTry",
    "Matter",
    "MatterCall",
    "MatterEvent",
    "MatterSample",
    "MatterSlip",
    "MatterState",
    "NamedParty",
    "Notice",
    "NoticeChoice",
    "OwnList",
    "Petitioner",
    "PolicyReport",
    "PressureReport",
    "Problem",
    "ProblemEvent",
    "Question",
    "QuestionEvent",
    "Rating",
    "Reception",
    "ReceptionSession",
    "Recusal",
    "SealTransfer",
    "SealedHandler",
    "Series",
    "SeriesDate",
    "SeriesOfficial",
    "SessionBooking",
    "SessionEvent",
    "SessionLeader",
    "SessionResult",
    "Stop",
    "StudyArea",
    "Talk",
    "TalkFormat",
    "Target",
    "TodayLook",
    "TouchedVisit",
    "Upkeep",
    "Visit",
    "VisitEvent",
    "VisitOfficial",
    "VisitShare",
    "new_reference",
]
