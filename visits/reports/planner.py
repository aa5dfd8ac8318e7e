"""Who goes where: the visits of some days as the entries of a calendar."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre, District, RankBand
from visits.models import Absence, Stop, Visit
from visits.reports.calendar_days import Day
from visits.reports.seen import is_changeable, is_seen
from visits.rules.activities import SHORT, Activity
from visits.rules.calendar_spans import Span
from visits.rules.half_days import half_day, half_days
from visits.rules.moving import Half, half_of
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import EDITABLE, TO_COME, VisitState

MOST_ROWS = 1000  # stops times officials; more cannot be read on one page
SHOWN_OF_STOPS = (
    *("visit", "place", "county", "township"),
    *("position", "activities", "starts_at", "ends_at"),
    *("visit__reference", "visit__state", "visit__purpose", "visit__version"),
    *("visit__hidden_until", "visit__ends_at"),
    *("place__level", "place__short_name", "place__path"),
)


@dataclass
class Going:
    """A stop, when it is by the office's clock, and those who go there."""

    stop: Stop
    starts: datetime
    ends: datetime
    word: str
    may_move: bool = False
    officials: dict[int, str] = field(default_factory=dict)

    @cached_property
    def first(self) -> date:
        return self.starts.date()

    @cached_property
    def last(self) -> date:
        return (self.ends - timedelta(microseconds=1)).date()

    @cached_property
    def half_days(self) -> list[int]:
        return half_days(self.starts, self.ends)

    @cached_property
    def names(self) -> list[str]:
        return list(self.officials.values())

    @cached_property
    def who(self) -> str:
        return _(", ").join(self.names)

    @cached_property
    def kinds(self) -> str:
        return _(", ").join(str(SHORT[Activity(it)]) for it in self.stop.activities)

    @cached_property
    def url(self) -> str:
        return self.stop.visit.get_absolute_url()

    @cached_property
    def move_url(self) -> str:
        return reverse("visits:visit_move", args=[self.stop.visit.reference])


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar on one day."""

    going: Going
    clock: str
    # When it begins, if that is on this day; else empty.
    starts: str
    # Whether the reader may put it elsewhere; a stop of days is held by its first.
    may_move: bool = False
    half: Half = Half.MORNING  # in which it begins, or goes on, on this day

    @property
    def stop(self) -> Stop:
        return self.going.stop


@dataclass(frozen=True)
class HalfCell:
    """Half a day of one official: what begins in it, and how it is called.

    `add_url` is where a visit in it is planned, empty where none may be; `add_label`
    says so in words.
    """

    half: Half
    label: str
    entries: list[Entry]
    add_url: str = ""
    add_label: str = ""


@dataclass(frozen=True)
class Cell:
    day: Day
    entries: list[Entry]
    absences: list[Absence]
    # Whether a visit may be started here.
    may_add: bool = False
    halves: Sequence[HalfCell] = ()


@dataclass(frozen=True)
class Row:
    official: Cadre
    cells: list[Cell]


def officials_in_view(
    reader: Account, *, unit: int | None, everyone: bool, on: date
) -> QuerySet[Cadre]:
    """Those whose calendar `reader` looks at, in the order of protocol.

    Without a wish: the reader's own office and those the reader acts for.
    """
    still_here = Q(left_on__isnull=True) | Q(left_on__gte=on)
    officials = Cadre.objects.visible_to(reader).filter(still_here)
    own = reader.acts_for_ids()
    if unit is not None:
        officials = officials.filter(unit=unit)
    elif not everyone and (own or reader.unit_id):
        officials = officials.filter(Q(pk__in=own) | Q(unit=reader.unit_id))
    return for_rows(officials, reader, on=on)


def for_rows(
    officials: QuerySet[Cadre], reader: Account, *, on: date
) -> QuerySet[Cadre]:
    """All that a row's heading shows; `rank` and `pk` give the order."""
    plannable = Cadre.objects.plannable_by(reader, on=on).filter(pk=OuterRef("pk"))
    bands = [
        When(rank_band=band, then=Value(place)) for place, band in enumerate(RankBand)
    ]
    rows: QuerySet[Cadre] = officials.with_post(on=on)  # type: ignore[attr-defined]
    return (
        rows.select_related("unit")
        .annotate(may_plan=Exists(plannable), rank=Case(*bands, default=Value(99)))
        .order_by("rank", "pk")
    )


def goings(
    reader: Account,
    span: Span,
    *,
    now: datetime,
    officials: Collection[int] | None = None,
    place: District | None = None,
) -> list[Going]:
    """The stops of these days that `reader` may see, in one query.

    Only those of `officials`, or inside `place` as it was on their day, if given.
    A cancelled visit takes nobody's time and is left out. At most MOST_ROWS, the
    first ones: see `is_cut`.
    """
    visits = Visit.objects.filter(is_seen(reader)).between(span.first, span.last)
    first = _midnight(span.first)
    stops = Stop.objects.filter(
        visit__in=visits.exclude(state=VisitState.CANCELLED),
        # The longest stop bounds the search in the index, which is by beginning.
        starts_at__gt=first - LONGEST_STOP,
        starts_at__lt=_midnight(span.last + timedelta(days=1)),
        ends_at__gt=first,
    )
    if officials is not None:
        stops = stops.filter(visit__team__official__in=officials)
    if place is not None:
        stops = stops.filter(**{place.subtree_column: place.pk})
    rows = (
        stops.annotate(
            official=F("visit__team__official"),
            official_name=F("visit__team__official__name"),
        )
        .select_related("visit", "place")
        .only(*SHOWN_OF_STOPS)
        .order_by("starts_at", "pk", "visit__team__pk")[:MOST_ROWS]
    )
    movable = _movable(reader, rows)
    office = timezone.get_current_timezone()
    found: dict[int, Going] = {}
    for stop in rows:
        if stop.pk not in found:
            found[stop.pk] = Going(
                stop,
                stop.starts_at.astimezone(office),
                stop.ends_at.astimezone(office),
                _word(stop.visit, now),
                stop.visit_id in movable,
            )
        found[stop.pk].officials[stop.official] = stop.official_name
    return list(found.values())


def _movable(reader: Account, stops: Iterable[Stop]) -> set[int]:
    """The visits of these stops whose plan the reader may change."""
    ids = {stop.visit_id for stop in stops if stop.visit.is_editable}
    visits = Visit.objects.filter(is_changeable(reader)).filter(state__in=EDITABLE)
    return set(visits.filter(pk__in=ids).values_list("pk", flat=True))


def is_cut(going: Sequence[Going]) -> bool:
    """Whether there was more than one page can show."""
    return sum(len(it.officials) for it in going) >= MOST_ROWS


def absences_of(
    reader: Account, officials: Collection[int], span: Span
) -> list[Absence]:
    rows = Absence.objects.visible_to(reader).filter(
        cadre__in=officials, first__lte=span.last, last__gte=span.first
    )
    return list(rows.select_related("cadre").order_by("first", "pk"))


def entries_on(day: date, going: Sequence[Going]) -> list[Entry]:
    """What takes place on `day`, each stop once, with the names of all who go."""
    return [
        Entry(
            it,
            _clock(it, day),
            f"{it.starts:%H:%M}" if day == it.first else "",
            it.may_move and day == it.first,
            half_of(it.starts) if day == it.first else Half.MORNING,
        )
        for it in going
        if it.first <= day <= it.last
    ]


def rows_of(
    officials: Sequence[Cadre],
    days: Sequence[Day],
    entries: Mapping[date, Sequence[Entry]],
    absences: Sequence[Absence],
    *,
    open_days: Span,
) -> list[Row]:
    """A row for each official, a cell for each day, from the `entries` of each.

    `open_days` are those for which a visit may still be entered.
    """
    halves = _Halves()
    rows = []
    for official in officials:
        away = [it for it in absences if it.cadre_id == official.pk]
        own = [
            [it for it in entries[day.date] if official.pk in it.going.officials]
            for day in days
        ]
        taken = {half for found in own for it in found for half in it.going.half_days}
        cells = []
        for day, found in zip(days, own, strict=True):
            gone = [it for it in away if it.first <= day.date <= it.last]
            is_open = (
                official.may_plan  # type: ignore[attr-defined]
                and not gone
                and day.date in open_days
            )
            cells.append(
                Cell(
                    day,
                    found,
                    gone,
                    is_open and not found,
                    halves.of(official, day, found, taken if is_open else None),
                )
            )
        rows.append(Row(official, cells))
    return rows


class _Halves:
    """Makes the half-days of a calendar; what all have in common is asked for once."""

    def __init__(self) -> None:
        self.plan = reverse("visits:visit_plan")
        self.label = _("Plan a visit of %(name)s on %(day)s, %(half)s")
        self.words = {half: str(half.label) for half in Half}

    def of(
        self,
        official: Cadre,
        day: Day,
        entries: Sequence[Entry],
        taken: Collection[int] | None,
    ) -> list[HalfCell]:
        """`taken` are the half-days on which they are busy; None: it is too late, or
        not for this reader to plan."""
        cells = []
        for half, word in self.words.items():
            number = half_day(day.date, afternoon=half == Half.AFTERNOON)
            is_free = taken is not None and number not in taken
            names = {"name": official.name, "day": day.month_day, "half": word}
            cells.append(
                HalfCell(
                    half,
                    f"{day.words} {word}, {official.name}",
                    [it for it in entries if it.half == half],
                    f"{self.plan}?official={official.pk}&date={day.key}&half={half}"
                    if is_free
                    else "",
                    self.label % names if is_free else "",
                )
            )
        return cells


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _clock(going: Going, day: date) -> str:
    starts, ends = f"{going.starts:%H:%M}", f"{going.ends:%H:%M}"
    if going.first == going.last:
        return f"{starts}–{ends}"
    if day == going.first:
        return _("from %(time)s") % {"time": starts}
    if day == going.last:
        return _("until %(time)s") % {"time": ends}
    return _("all day")


def _word(visit: Visit, now: datetime) -> str:
    """What is still missing of a visit, in a word."""
    if visit.state in TO_COME:
        return _("Not logged yet") if visit.ends_at <= now else ""
    if visit.state == VisitState.LOGGED:
        return _("Not confirmed")
    if visit.state in (VisitState.DRAFT, VisitState.NOT_HELD):
        return str(VisitState(visit.state).label)
    return ""
