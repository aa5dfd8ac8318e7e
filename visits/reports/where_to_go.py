"""Where to go: the places of a district by need, each with its reasons.

All figures fall into parts: what names a place below belongs to that place's row, the
rest to the row of the place itself. So a row here is the total of the page below it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, District, Setting
from cadres.models.condition import keys_of
from cadres.models.statement import Slot, Statement, each
from cadres.rules.levels import Level
from visits.models import Letter, Matter, Stop, Visit
from visits.models.letter import letters_left_by, letters_naming
from visits.reports.asked import ByChild
from visits.reports.coverage import FRESH, RECENT
from visits.reports.needs import contacts_below
from visits.reports.place_page import is_of_today
from visits.reports.seen import is_counted, own_hidden
from visits.reports.written import any_child, anyone_asks
from visits.rules.activities import Activity
from visits.rules.matter_states import AT_UNIT
from visits.rules.periods import months_before
from visits.rules.plan import LONGEST_STOP
from visits.rules.small_counts import Told, told

ANY = ""  # kind of work: any of the four
BELOW = ""  # per place: those right below
CONTACTS = 3  # whose names are written out
DUE_WITHIN = 14  # days; what is late is due, too
ORDERS = ("need", "name", "code")


@dataclass
class Line:
    """A place with what speaks for going there."""

    place: District
    # The last day on which anyone came, and for each kind of work; None if never.
    last: dict[str, date | None] = field(default_factory=dict)
    open_matters: int = 0
    due: int = 0
    letters: int = 0
    townships: int = 0
    unvisited: int = 0
    coming: date | None = None
    contacts: list[str] = field(default_factory=list)
    is_itself: bool = False
    is_gone: bool = False
    # What the page says of the above.
    ages: list[tuple[str, int | None]] = field(default_factory=list)
    last_days: int | None = None  # since anyone came
    days: int | None = None  # since the kind of work that is asked for
    tone: str = ""
    told_letters: Told | None = None

    @property
    def contact_names(self) -> str:
        more = len(self.contacts) - CONTACTS
        names = _(", ").join(self.contacts[:CONTACTS])
        if more <= 0:
            return names
        return _("%(names)s and %(n)d more") % {"names": names, "n": more}

    def add(self, other: "Line") -> None:
        for kind, day in other.last.items():
            mine = self.last.get(kind)
            self.last[kind] = max(filter(None, (mine, day)), default=None)
        for name in ("open_matters", "due", "letters", "townships", "unvisited"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.coming = min(filter(None, (self.coming, other.coming)), default=None)


@dataclass
class Group:
    """A county with one tile for each of its townships."""

    whole: Line
    tiles: list[Line]


@dataclass
class WhereToGo:
    place: District
    lines: list[Line]
    total: Line
    groups: list[Group]
    months: int  # without a visit, and a place is one that nobody came to


class _Asked:
    """Who asks about which place, when, and how it is to be told."""

    def __init__(
        self, reader: Account, place: District, *, now: datetime, kind: str
    ) -> None:
        settings = Setting.objects.as_dict()
        self.reader, self.place, self.now, self.kind = reader, place, now, kind
        self.today = timezone.localtime(now).date()
        self.months = settings["unvisited.months"]
        self.since = months_before(self.today, self.months)
        self.least = settings["report.min_cell"]
        self.is_exact = counts_letters(reader, place)
        self.rows = ByChild.of(place)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What fills the slots of `_written` and `_townships`."""
        coming = Visit.objects.visible_to(self.reader).to_come()
        return {
            "now": self.now,
            "today": self.today,
            "since": timezone.make_aware(datetime.combine(self.since, time.min)),
            "due_by": self.today + timedelta(days=DUE_WITHIN),
            "place": self.place.pk,
            "passed": each(self.rows.passed),
            "own_hidden": own_hidden(self.reader),
            "coming": keys_of(coming),
            "named": letters_naming(self.reader),
            "left": letters_left_by(self.reader),
        }

    def finish(self, line: Line) -> Line:
        """Say in days and words what was counted."""
        ages = {
            kind: (self.today - day).days if day else None
            for kind, day in line.last.items()
        }
        line.ages = [(kind, ages.get(kind)) for kind in Activity.values]
        line.last_days, line.days = ages.get(ANY), ages.get(self.kind)
        line.tone = self._tone(line)
        line.told_letters = told(line.letters, least=self.least, is_exact=self.is_exact)
        return line

    def _tone(self, line: Line) -> str:
        last = line.last.get(self.kind)
        if line.days is None or last is None or last < self.since:
            return "late"
        if line.days <= RECENT:
            return "fresh" if line.days <= FRESH else "recent"
        return "far"


def counts_letters(reader: Account, place: District) -> bool:
    """Whether they belong to the petition office of this place or one above it."""
    scopes = reader.scopes("visits.route_letter")
    if any(scope.place and scope.place.contains(place) for scope in scopes):
        return True
    units = [scope.unit_id for scope in scopes if scope.unit_id]
    if not units:
        return False
    own = District.objects.filter(units__in=units, pk__in=place.chain_ids)
    return own.exists()


def open_matters(reader: Account) -> QuerySet[Matter]:
    """What counts as an open matter: none of a hidden visit or a sealed letter."""
    hidden = Visit.objects.exclude(is_counted(reader))
    return _open_matters(hidden, letters_naming(reader))


def _open_matters(hidden: QuerySet[Visit], named: Any) -> QuerySet[Matter]:
    sealed = Letter.objects.filter(pk=OuterRef("letter"), is_sealed=True)
    return (
        Matter.objects.open()
        .exclude(Exists(Stop.objects.filter(pk=OuterRef("stop"), visit__in=hidden)))
        .exclude(Exists(sealed))
        .exclude(letter__in=named)
    )


def is_due(*, on: date) -> Q:
    return _is_due(by=on + timedelta(days=DUE_WITHIN))


def _is_due(*, by: Any) -> Q:
    return Q(state__in=AT_UNIT, due_on__lte=by)


def open_letters(reader: Account) -> QuerySet[Letter]:
    """What is counted as an open letter; a sealed one is in no count."""
    return Letter.objects.open().unsealed().without_conflict(reader)


def where_to_go(
    reader: Account,
    place: District,
    *,
    now: datetime,
    kind: str = ANY,
    order: str = "need",
    with_tiles: bool = False,
) -> WhereToGo:
    """The places right below; nobody since `kind` of work comes first."""
    asked = _Asked(reader, place, now=now, kind=kind)
    lines = list(_lines(asked).values())
    total = Line(place)
    for line in lines:
        total.add(line)
    _name_contacts(asked, lines)
    groups = _groups(asked, lines, total) if with_tiles else []
    for line in [*lines, total]:
        asked.finish(line)
    for group in groups:
        group.tiles = in_order(group.tiles, order)
    return WhereToGo(place, in_order(lines, order), total, groups, asked.months)


def _lines(asked: _Asked) -> dict[int | None, Line]:
    """One for each place right below, then for whatever names none of them."""
    below = asked.rows.children(asked.today, asked.today)
    lines: dict[int | None, Line] = {row.pk: Line(row) for row in below}
    found = _found(asked, BELOW)
    # Places that are no more, or that stand elsewhere today.
    gone = {key for key in found if key is not None} - lines.keys()
    known = District.objects.in_bulk(sorted(key for key in gone if key is not None))
    lines |= {pk: Line(row, is_gone=True) for pk, row in known.items()}
    if None in found:
        lines[None] = Line(asked.place, is_itself=True)
    for key, figures in found.items():
        lines[key].add(figures)
    if asked.place.level < Level.COUNTY:
        _count_townships(asked, lines)
    return lines


def _found(asked: _Asked, by: str) -> dict[int | None, Line]:
    """What each place has, of those right below or of a level."""
    found: dict[int | None, Line] = {}

    def line(of: int | None) -> Line:
        return found.setdefault(of, Line(asked.place))

    written = _written(asked.place.level, by)
    came, matters, letters, going = (it.rows(**asked.values) for it in written)
    for of, *moments in came:
        line(of).last = {
            kind: timezone.localdate(last) if last else None
            for kind, last in zip((ANY, *Activity.values), moments, strict=True)
        }
    for of, number, due in matters:
        line(of).open_matters, line(of).due = number, due
    for of, number in letters:
        line(of).letters = number
    for of, at in going:
        if at:  # of a village, whose key is one for all, there may be none
            line(of).coming = timezone.localdate(at)
    return found


@cache
def _written(level: int, by: str) -> tuple[Statement, Statement, Statement, Statement]:
    """When anyone came, open matters, open letters, and who comes next; by place."""
    below, anyone, now = any_child(level), anyone_asks(), Slot("now", DateTimeField())
    here, key = below.at(""), below.key() if by == BELOW else F(f"{by}_id")
    came = Stop.objects.filter(here, visit__in=anyone.held(), starts_at__lte=now)
    last = {
        f"last_{kind}": Max("starts_at", filter=Q(activities__contains=[kind]))
        for kind in Activity.values
    }
    matters = _open_matters(anyone.hidden(), Slot("named", BigIntegerField()))
    due = Count("pk", filter=_is_due(by=Slot("due_by", DateField())))
    letters: Any = anyone.letters()
    going = Stop.objects.filter(
        here,
        visit__in=Slot("coming", BigIntegerField()),
        starts_at__gt=now - Value(LONGEST_STOP),
        ends_at__gt=now,
    )

    def per_place(rows: Any, **figures: Any) -> Statement:
        return Statement.of(rows.values(of=key).annotate(**figures).order_by())

    return (
        per_place(came, last_=Max("starts_at"), **last),
        per_place(matters.filter(here), n=Count("pk"), n_due=due),
        per_place(letters.open().filter(here), n=Count("pk")),
        per_place(going, at=Min("starts_at")),
    )


def _count_townships(asked: _Asked, lines: dict[int | None, Line]) -> None:
    """How many townships each has, and in how many nobody was for long."""
    statement = _townships(asked.place.level, asked.kind)
    for key, number, empty in statement.rows(**asked.values):
        if line := lines.get(key):
            line.townships, line.unvisited = number, empty


@cache
def _townships(level: int, kind: str) -> Statement:
    below, anyone = any_child(level), anyone_asks()
    came = Stop.objects.filter(
        below.at(""),
        visit__in=anyone.held(),
        starts_at__gte=Slot("since", DateTimeField()),
        starts_at__lte=Slot("now", DateTimeField()),
        township__isnull=False,
    )
    if kind:
        came = came.filter(activities__contains=[kind])
    unvisited = ~Q(pk__in=came.values("township"))
    today: Any = Slot("today", DateField())
    rows: Any = below.townships(on=today)
    counts = {"n": Count("pk"), "empty": Count("pk", filter=unvisited)}
    return Statement.of(rows.values("key").annotate(**counts).order_by())


def _groups(asked: _Asked, lines: list[Line], total: Line) -> list[Group]:
    """Each township once, under its county; the counties' figures are whole ones."""
    if asked.place.level >= Level.TOWNSHIP:
        return []
    found = _found(asked, "township")
    townships = asked.rows.townships(on=asked.today).select_related("county")
    groups: dict[int | None, Group] = {}
    for township in townships.order_by("code", "pk"):
        tile = Line(township)
        if township.pk in found:
            tile.add(found[township.pk])
        county = township.county or asked.place
        if county.pk not in groups:
            groups[county.pk] = Group(Line(county), [])
        groups[county.pk].tiles.append(asked.finish(tile))
    # Of a city its counties are known by now, and a county is the total itself.
    counties: dict[int | None, Line] = {
        line.place.pk: line for line in lines if not line.is_itself
    }
    if asked.place.level == Level.COUNTY or asked.place.is_countyless_city:
        counties = {asked.place.pk: total}
    if not groups.keys() <= counties.keys():
        counties = _found(asked, "county")
    for key, group in groups.items():
        if key in counties:
            group.whole.add(counties[key])
    tiles = [tile for group in groups.values() for tile in group.tiles]
    _name_contacts(asked, tiles)
    for group in groups.values():
        asked.finish(group.whole)
    return sorted(groups.values(), key=lambda group: group.whole.place.code)


def _name_contacts(asked: _Asked, lines: Iterable[Line]) -> None:
    for level in sorted({line.place.level for line in lines if not line.is_itself}):
        named = [it for it in lines if it.place.level == level and not it.is_itself]
        pks = [line.place.pk for line in named]
        found = contacts_below(asked.reader, pks, Level(level), on=asked.today)
        for line in named:
            line.contacts = found.get(line.place.pk, [])


def in_order(lines: Iterable[Line], order: str) -> list[Line]:
    """By need: where nobody was since, then the longest ago; what is no place, last."""

    def by_need(line: Line) -> tuple[Any, ...]:
        return (line.days is not None, -(line.days or 0), line.place.code)

    keys = {
        "need": by_need,
        "name": lambda line: (line.place.pinyin or line.place.name, line.place.code),
        "code": lambda line: (line.place.code,),
    }
    rest = [line for line in lines if line.is_itself or line.is_gone]
    named = [line for line in lines if not (line.is_itself or line.is_gone)]
    return [*sorted(named, key=keys[order]), *rest]


def may_book(line: Line, *, on: date) -> bool:
    return not line.is_gone and is_of_today(line.place, on=on)
