"""The five levels of places and what their codes look like (domain handbook 2.1)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    PROVINCE = 1, _("Province")
    PREFECTURE = 2, _("Prefecture")
    COUNTY = 3, _("County")
    TOWNSHIP = 4, _("Township")
    VILLAGE = 5, _("Village")

    @property
    def column(self) -> str:
        """The ancestor column that holds a place of this level."""
        return ANCESTORS[self - 1]


ANCESTORS = ("province", "prefecture", "county", "township", "village")
CODE_DIGITS = {
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}
LEVEL_OF_DIGITS = {digits: level for level, digits in CODE_DIGITS.items()}


class Kind(TextChoices):
    """What a place is called in law; finer than its level."""

    PROVINCE = "province", _("Province")
    AUTONOMOUS_REGION = "autonomous_region", _("Autonomous region")
    MUNICIPALITY = "municipality", _("Municipality")
    CITY = "city", _("Prefecture-level city")
    PREFECTURE = "prefecture", _("Prefecture")
    AUTONOMOUS_PREFECTURE = "autonomous_prefecture", _("Autonomous prefecture")
    LEAGUE = "league", _("League")
    DISTRICT = "district", _("District")
    COUNTY = "county", _("County")
    COUNTY_CITY = "county_city", _("County-level city")
    AUTONOMOUS_COUNTY = "autonomous_county", _("Autonomous county")
    BANNER = "banner", _("Banner")
    ZONE = "zone", _("Development zone or new area")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    TOWN = "town", _("Town")
    TOWNSHIP = "township", _("Township")
    TOWNSHIP_ZONE = "township_zone", _("Zone or farm run like a township")
    RESIDENTS = "residents", _("Residents' committee")
    VILLAGERS = "villagers", _("Villagers' committee")
    OTHER = "other", _("Other")


def level_of(code: str) -> Level:
    """Return the level that a code's length stands for.

    Raises:
        ValueError: the code is not 2, 4, 6, 9 or 12 digits.
    """
    level = LEVEL_OF_DIGITS.get(len(code))
    if level is None or not (code.isascii() and code.isdigit()):
        raise ValueError(code)
    return level
