"""One line of a place list: what it says, or why it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cadres.rules.levels import Kind, Level, level_of
from cadres.rules.pinyin import spelled
from cadres.rules.place_codes import OWN_COUNTY, is_dummy, is_zone_code, parent_code
from cadres.rules.place_names import kind_of, short_name

LONGEST_NAME = 60
SOURCES = ("civil", "statistics", "local")
REASONS = ("renamed", "recoded", "merged", "split", "moved", "upgraded")


class Fault(TextChoices):
    """Why a line is refused."""

    CODE = "code", _("bad code: not 2, 4, 6, 9 or 12 digits")
    NAME = "name", _("name missing or too long")
    LEVEL = "level", _("wrong level for this code or parent")
    PARENT = "parent", _("unknown parent")
    MANAGER = "manager", _("unknown managing place")
    DATE = "date", _("bad date, or an end before the beginning")
    SOURCE = "source", _("unknown source")
    DOUBLED = "doubled", _("doubled line")
    OVERLAP = "overlap", _("the code belongs to another place in that period")
    SUCCESSOR = "successor", _("unknown successor")


class BadLine(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Heir:
    """What became of the place: the code that took over, from when on, and why."""

    code: str
    on: date
    reason: str


@dataclass(frozen=True)
class PlaceLine:
    code: str
    level: Level
    kind: Kind
    name: str
    short_name: str
    parent_code: str | None
    manager_code: str | None
    is_virtual: bool
    is_zone: bool
    valid_from: date | None
    valid_to: date | None
    source: str
    aliases: list[str]
    pinyin: str
    initials: str
    heirs: list[Heir]


def stands_twice(code: str) -> bool:
    """Whether statistics repeat a prefecture-level city in this county line."""
    return code in OWN_COUNTY


def read_line(row: Mapping[str, str | None]) -> PlaceLine:
    """Read what stands under the columns of a place list; README of the data has them.

    Raises:
        BadLine: the line makes no sense by itself.
    """
    told = {column: row[column] for column in COLUMNS if row.get(column)}
    text = NOTHING | {column: str(value).strip() for column, value in told.items()}
    code, name = text["code"], text["name"]
    try:
        level = level_of(code)
    except ValueError:
        raise BadLine(Fault.CODE) from None
    if not 0 < len(name) <= LONGEST_NAME or "\x00" in "".join(text.values()):
        raise BadLine(Fault.NAME)
    if text["level"] and text["level"] != str(level.value):
        raise BadLine(Fault.LEVEL)
    source = text["source"] or "statistics"
    if source not in SOURCES:
        raise BadLine(Fault.SOURCE)
    valid_from, valid_to = _day(text["valid_from"]), _day(text["valid_to"])
    if valid_from and valid_to and valid_to < valid_from:
        raise BadLine(Fault.DATE)
    is_zone = text["is_zone"] == "1" or (not text["is_zone"] and is_zone_code(code))
    pinyin, initials = spelled(name)
    return PlaceLine(
        code=code,
        level=level,
        kind=kind_of(code, name, is_zone=is_zone),
        name=name,
        short_name=text["short_name"][:LONGEST_NAME] or short_name(name, level),
        parent_code=text["parent"] or parent_code(code),
        manager_code=text["managed_by"] or (code[:4] if is_zone else None),
        is_virtual=text["is_virtual"] == "1" or is_dummy(code, name),
        is_zone=is_zone,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
        aliases=text["aliases"].split(),
        pinyin=pinyin,
        initials=initials,
        heirs=[_heir(heir) for heir in text["successors"].split()],
    )


COLUMNS = (
    "code",
    "name",
    "level",
    "short_name",
    "parent",
    "managed_by",
    "is_virtual",
    "is_zone",
    "valid_from",
    "valid_to",
    "source",
    "aliases",
    "successors",
)
NOTHING = dict.fromkeys(COLUMNS, "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadLine(Fault.DATE) from None


def _heir(text: str) -> Heir:
    """`320302@2010-12-31/merged`."""
    code, _at, rest = text.partition("@")
    day, _slash, reason = rest.partition("/")
    on = _day(day)
    if on is None or reason not in REASONS:
        raise BadLine(Fault.SUCCESSOR)
    return Heir(code, on, reason)
