from cadres.models.account import Account, Mandate, RoleGrant, Scope
from cadres.models.account_event import AccountEvent
from cadres.models.cadre import Cadre, ContactPoint, Post, RankBand
from cadres.models.calendar_day import NATIONAL, CalendarDay, regions_of
from cadres.models.district import District, Succession, Venue, the_country
from cadres.models.incident import Incident, IncidentEvent
from cadres.models.outline import Outline
from cadres.models.placed import Placed
from cadres.models.search import Bigrams
from cadres.models.setting import Setting, SettingChange
from cadres.models.unit import Unit

__all__ = [
    "NATIONAL",
    "Account",
    "AccountEvent",
    "Bigrams",
    "Cadre",
    "CalendarDay",
    "ContactPoint",
    "District",
    "Incident",
    "IncidentEvent",
    "Mandate",
    "Outline",
    "Placed",
    "Post",
    "RankBand",
    "RoleGrant",
    "Scope",
    "Setting",
    "SettingChange",
    "Succession",
    "Unit",
    "Venue",
    "regions_of",
    "the_country",
]
