"""Who goes where: the visits of some days as the entries of a calendar."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre, District, RankBand
from cadres.models.statement import ConditionSlot, Slot, Statement, each
from visits.models import Absence, Stop
from visits.reports.calendar_days import Day
from visits.reports.seen import is_changeable, is_seen
from visits.rules.calendar_spans import Span
from visits.rules.half_days import half_days, halves_between
from visits.rules.moving import Half, half_of
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import EDITABLE, TO_COME, VisitState

HALVES = tuple(Half)
MOST_ROWS = 1000  # stops times officials; more cannot be read on one page


class ShownStop(NamedTuple):
    """What a calendar tells of a stop and its visit, in the order of COLUMNS."""

    pk: int
    visit: int
    position: int
    activities: list[str]
    starts_at: datetime
    ends_at: datetime
    county: int | None
    township: int | None
    level: int
    short_name: str
    path: str
    reference: str
    state: str
    purpose: str
    version: int
    hidden_until: datetime | None
    visit_ends_at: datetime
    is_changeable: bool


COLUMNS = (
    *("pk", "visit", "position", "activities", "starts_at", "ends_at"),
    *("county", "township", "place__level", "place__short_name", "place__path"),
    *("visit__reference", "visit__state", "visit__purpose", "visit__version"),
    *("visit__hidden_until", "visit__ends_at", "is_changeable"),
)


@dataclass
class Going:
    """A stop, when it is by the office's clock, and those who go there."""

    stop: ShownStop
    starts: datetime
    ends: datetime
    word: str
    is_hidden: bool
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


class Entry(NamedTuple):
    """What stands in a calendar on one day."""

    going: Going
    clock: str
    # When it begins, if that is on this day; else empty.
    starts: str
    # Whether the reader may put it elsewhere; a stop of days is held by its first.
    may_move: bool = False
    half: Half = Half.MORNING  # in which it begins, or goes on, on this day


class HalfCell(NamedTuple):
    """Half a day of one official: what begins in it."""

    half: Half
    entries: list[Entry]
    # Whether a visit may be started here.
    may_add: bool


class Cell(NamedTuple):
    day: Day
    entries: list[Entry]
    absences: list[Absence]
    # Whether a visit may be started here.
    may_add: bool = False
    halves: Sequence[HalfCell] = ()


class Row(NamedTuple):
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
    bands = Value(RankBand.values, output_field=ArrayField(CharField()))
    rank = Func(
        *(bands, "rank_band"),
        function="array_position",
        output_field=IntegerField(),
    )
    rows: QuerySet[Cadre] = officials.with_post(on=on)  # type: ignore[attr-defined]
    return (
        rows.select_related("unit")
        .annotate(may_plan=Exists(plannable), rank=rank)
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
    if officials is not None and not officials:
        return []
    first = _midnight(span.first)
    filled: dict[str, Any] = {
        "seen": is_seen(reader),
        "changeable": is_changeable(reader),
        "first": span.first,
        "last": span.last,
        "starts_after": first - LONGEST_STOP,
        "starts_before": _midnight(span.last + timedelta(days=1)),
        "ends_after": first,
    }
    if officials is not None:
        filled["officials"] = each(officials)
    if place is not None:
        filled["place"] = place.pk
    column = place.subtree_column if place else ""
    statement = _stops(column, of_officials=officials is not None, most=MOST_ROWS)
    office = timezone.get_current_timezone()
    found: dict[int, Going] = {}
    for *shown, official, name in statement.rows(**filled):
        going = found.get(shown[0])
        if going is None:
            stop = ShownStop._make(shown)
            going = found[stop.pk] = Going(
                stop,
                stop.starts_at.astimezone(office),
                stop.ends_at.astimezone(office),
                _word(stop, now),
                stop.hidden_until is not None and stop.hidden_until > now,
            )
        going.officials[official] = name
    return list(found.values())


@cache
def _stops(column: str, *, of_officials: bool, most: int) -> Statement:
    """The stops of `goings`, a row for each official: COLUMNS, the key, the name.

    `column` is where a place stands for all below it, if it is of a place.
    """
    stops = Stop.objects.filter(
        ConditionSlot("seen", "visit__state"),
        ~Q(visit__state=VisitState.CANCELLED),
        visit__starts_on__lte=Slot("last", DateField()),
        visit__ends_on__gte=Slot("first", DateField()),
        # The longest stop bounds the search in the index, which is by beginning.
        starts_at__gt=Slot("starts_after", DateTimeField()),
        starts_at__lt=Slot("starts_before", DateTimeField()),
        ends_at__gt=Slot("ends_after", DateTimeField()),
    )
    if of_officials:
        given = Slot("officials", BigIntegerField())
        stops = stops.filter(visit__team__official__in=given)
    if column:
        stops = stops.filter(**{column: Slot("place", BigIntegerField())})
    changeable = ConditionSlot("changeable", "visit__state")
    rows = stops.annotate(
        is_changeable=ExpressionWrapper(
            Q(visit__state__in=EDITABLE) & Q(changeable), BooleanField()
        )
    )
    official = ("visit__team__official", "visit__team__official__name")
    ordered = rows.order_by("starts_at", "pk", "visit__team__pk")
    return Statement.of(ordered.values_list(*COLUMNS, *official)[:most])


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


def entries_of(days: Iterable[date], going: Sequence[Going]) -> dict[date, list[Entry]]:
    """What takes place on each day, each stop once, with the names of all who go."""
    found: dict[date, list[Entry]] = {day: [] for day in days}
    for it in going:
        for number in range((it.last - it.first).days + 1):
            day = it.first + timedelta(days=number)
            if day not in found:
                continue
            begins = number == 0
            entry = Entry(
                it,
                _clock(it, day),
                f"{it.starts:%H:%M}" if begins else "",
                it.stop.is_changeable and begins,
                half_of(it.starts) if begins else Half.MORNING,
            )
            found[day].append(entry)
    return found


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
            halves = [
                HalfCell(
                    half,
                    [it for it in found if it.half == half],
                    is_open and number not in taken,
                )
                for half, number in zip(
                    HALVES, halves_between(day.date, day.date), strict=True
                )
            ]
            cells.append(Cell(day, found, gone, is_open and not found, halves))
        rows.append(Row(official, cells))
    return rows


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


def _word(stop: ShownStop, now: datetime) -> str:
    """What is still missing of its visit, in a word."""
    if stop.state in TO_COME:
        return _("Not logged yet") if stop.visit_ends_at <= now else ""
    if stop.state == VisitState.LOGGED:
        return _("Not confirmed")
    if stop.state in (VisitState.DRAFT, VisitState.NOT_HELD):
        return str(VisitState(stop.state).label)
    return ""
