from cadres.models.access_review import AccessReview, ReviewLine
from cadres.models.account import Account, Mandate, RoleGrant, Scope
from cadres.models.account_event import AccountEvent
from cadres.models.audit import AuditAnchor, AuditEntry, AuditStrand
from cadres.models.cadre import Cadre, ContactPoint, Post, RankBand
from cadres.models.calendar_day import NATIONAL, CalendarDay, regions_of
from cadres.models.district import (
    District,
    Succession,
    Venue,
    the_country,
    together,
)
from cadres.models.incident import Incident, IncidentEvent
from cadres.models.labelled import Labelled
from cadres.models.outline import Outline
from cadres.models.placed import Placed
from cadres.models.search import Bigrams
from cadres.models.session import Session
from cadres.models.setting import Setting, SettingChange
from cadres.models.sign_in import FactorReset, Invitation, PastPassword, WrongTry
from cadres.models.unit import Unit

__all__ = [
    "NATIONAL",
    "AccessReview",
    "Account",
    "AccountEvent",
    "AuditAnchor",
    "AuditEntry",
    "AuditStrand",
    "Bigrams",
    "Cadre",
    "CalendarDay",
    "ContactPoint",
    "District",
    "FactorReset",
    "Incident",
    "IncidentEvent",
    "Invitation",
    "Labelled",
    "Mandate",
    "Outline",
    "PastPassword",
    "Placed",
    "Post",
    "RankBand",
    "ReviewLine",
    "RoleGrant",
    "Scope",
    "Session",
    "Setting",
    "SettingChange",
    "Succession",
    "Unit",
    "Venue",
    "WrongTry",
    "regions_of",
    "the_country",
    "together",
]
