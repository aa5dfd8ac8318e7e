"""Who goes where: the visits of some days as the entries of a calendar."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre, District, RankBand
from visits.models import Absence, Stop, Visit
from visits.reports.calendar_days import Day
from visits.rules.calendar_spans import Span
from visits.rules.half_days import half_day, half_days
from visits.rules.moving import Half, half_of
from visits.rules.plan import LONGEST_STOP
from visits.rules.visit_states import EDITABLE, TO_COME, VisitState

MOST_ROWS = 1000  # stops times officials; more cannot be read on one page


@dataclass
class Going:
    """A stop, its first and last day, and those who go there."""

    stop: Stop
    first: date
    last: date
    word: str
    may_move: bool = False
    officials: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar on one day."""

    stop: Stop
    clock: str
    # When it begins, if that is on this day; else empty.
    starts: str
    word: str
    names: list[str]
    # Whether the reader may put it elsewhere; a stop of days is held by its first.
    may_move: bool = False
    half: Half = Half.MORNING  # in which it begins, or goes on, on this day


@dataclass(frozen=True)
class HalfCell:
    """Half a day of one official: what begins in it, and whether it is free."""

    half: Half
    entries: list[Entry]
    may_add: bool


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
    visits = Visit.objects.visible_to(reader).between(span.first, span.last)
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
        .defer("visit__summary")
        .order_by("starts_at", "pk", "visit__team__pk")[:MOST_ROWS]
    )
    movable = _movable(reader, rows)
    found: dict[int, Going] = {}
    for stop in rows:
        if stop.pk not in found:
            found[stop.pk] = Going(
                stop,
                timezone.localtime(stop.starts_at).date(),
                timezone.localtime(stop.ends_at - timedelta(microseconds=1)).date(),
                _word(stop.visit, now),
                stop.visit_id in movable,
            )
        found[stop.pk].officials[stop.official] = stop.official_name
    return list(found.values())


def _movable(reader: Account, stops: Iterable[Stop]) -> set[int]:
    """The visits of these stops whose plan the reader may change."""
    ids = {stop.visit_id for stop in stops}
    visits = Visit.objects.changeable_by(reader).filter(state__in=EDITABLE)
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
            it.stop,
            _clock(it, day),
            f"{timezone.localtime(it.stop.starts_at):%H:%M}" if day == it.first else "",
            it.word,
            list(it.officials.values()),
            it.may_move and day == it.first,
            _half(it, day),
        )
        for it in going
        if it.first <= day <= it.last
    ]


def rows_of(
    officials: Sequence[Cadre],
    days: Sequence[Day],
    going: Sequence[Going],
    absences: Sequence[Absence],
    *,
    open_days: Span,
) -> list[Row]:
    """A row for each official, a cell for each day.

    `open_days` are those for which a visit may still be entered.
    """
    rows = []
    for official in officials:
        own = [it for it in going if official.pk in it.officials]
        away = [it for it in absences if it.cadre_id == official.pk]
        cells = []
        for day in days:
            entries = entries_on(day.date, own)
            gone = [it for it in away if it.first <= day.date <= it.last]
            is_open = (
                official.may_plan  # type: ignore[attr-defined]
                and not gone
                and day.date in open_days
            )
            halves = _halves(day.date, own, entries, is_open=is_open)
            cells.append(Cell(day, entries, gone, is_open and not entries, halves))
        rows.append(Row(official, cells))
    return rows


def _halves(
    day: date, own: Sequence[Going], entries: Sequence[Entry], *, is_open: bool
) -> list[HalfCell]:
    taken = {
        half
        for it in own
        for half in half_days(
            timezone.localtime(it.stop.starts_at), timezone.localtime(it.stop.ends_at)
        )
    }
    return [
        HalfCell(
            half,
            [it for it in entries if it.half == half],
            is_open and half_day(day, afternoon=half == Half.AFTERNOON) not in taken,
        )
        for half in Half
    ]


def _half(going: Going, day: date) -> Half:
    if day != going.first:
        return Half.MORNING
    return half_of(timezone.localtime(going.stop.starts_at))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _clock(going: Going, day: date) -> str:
    starts = f"{timezone.localtime(going.stop.starts_at):%H:%M}"
    ends = f"{timezone.localtime(going.stop.ends_at):%H:%M}"
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
