"""The dates of a series for one reader: booked, skipped and why, free by now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre, CalendarDay, Setting, Unit
from cadres.models.condition import keys_of
from cadres.rules.working_days import WorkingCalendar
from visits.models import Absence, Series, SeriesDate, Visit
from visits.reports.clashes import Clash, clashes
from visits.reports.crowding import crowding
from visits.rules.free_windows import Window
from visits.rules.plan import StopPlan, faults_of_places
from visits.rules.series import Due, Skip
from visits.rules.visit_states import EDITABLE

REST = (Skip.REST, Skip.SAME_DAY)
MOST_SERIES = 3  # of which Today looks for dates that are free again
MOST_OFFERS = 20


@dataclass(frozen=True)
class DateLine:
    """One date as the reader may know it."""

    row: SeriesDate
    visit: Visit | None
    # Of what stood in the way, only what the reader may open.
    obstacle: Visit | None
    absence: Absence | None
    skip: str
    why: str
    is_offered: bool
    is_past: bool
    # The rest day that a booked date falls on by now; empty on a day that is worked.
    fallen: str = ""
    is_provisional: bool = False

    @property
    def is_moved(self) -> bool:
        return self.row.on != self.row.day


@dataclass(frozen=True)
class Foreseen:
    """A date that is about to be booked, or left out and why."""

    due: Due
    skip: str = ""
    words: str = ""


def lines_of(series: Series, *, reader: Account, now: datetime) -> list[DateLine]:
    rows = list(series.dates.select_related("visit").order_by("on", "pk"))
    ids = {it for row in rows for it in (row.visit_id, row.obstacle_visit_id) if it}
    seen = Visit.objects.visible_to(reader).in_bulk(ids)
    away = {row.obstacle_absence_id for row in rows if row.obstacle_absence_id}
    known = Absence.objects.visible_to(reader).in_bulk(away)
    today, working = _today(now), CalendarDay.objects.working_calendar()
    offered = offered_of(
        series,
        rows,
        reader=reader,
        now=now,
        settings=Setting.objects.as_dict(),
        working=working,
    )
    return [
        DateLine(
            row,
            seen.get(row.visit_id or 0),
            seen.get(row.obstacle_visit_id or 0),
            known.get(row.obstacle_absence_id or 0),
            _skip(row, known),
            _why(row, working),
            row.pk in offered,
            row.on < today,
            _fallen(row, working, today),
            row.on >= today and not working.is_confirmed(row.on),
        )
        for row in rows
    ]


def _fallen(row: SeriesDate, working: WorkingCalendar, today: date) -> str:
    """Booked when the day was worked; the plan of the holidays came later."""
    follows = row.visit_id is not None and not row.is_changed
    if not follows or row.on < today or working.is_workday(row.on):
        return ""
    return working.why(row.on)


def _skip(row: SeriesDate, known: Collection[int]) -> str:
    """That somebody is away is for those who may see it; others learn “taken”."""
    if row.skipped == Skip.AWAY and row.obstacle_absence_id not in known:
        return Skip.TAKEN
    return row.skipped


def _why(row: SeriesDate, working: WorkingCalendar) -> str:
    """The name of the rest day in the reader's language, while it is one."""
    is_rest = row.skipped in REST or row.on != row.day
    return (is_rest and working.why(row.day)) or row.why


def offered_of(
    series: Series,
    rows: Sequence[SeriesDate],
    *,
    reader: Account,
    now: datetime,
    settings: dict[str, int],
    working: WorkingCalendar,
) -> set[int]:
    """Of the skipped dates to come those whose obstacle has gone; fixed queries."""
    if series.ended_at:
        return set()
    today = _today(now)
    waiting = [row for row in rows if row.visit_id is None and row.on >= today]
    if not waiting:
        return set()
    latest = today + timedelta(days=settings["plan.ahead_days"])
    waiting = [
        row
        for row in waiting
        if row.on <= latest
        and (row.skipped not in REST or working.is_workday(row.on))
        and series.span_on(row.on)[0] > now
    ]
    blocked = _blocked(
        series,
        [it.official for it in series.team.select_related("official")],
        series.unit,
        [row.on for row in waiting],
        reader=reader,
        now=now,
        settings=settings,
        working=working,
    )
    return {row.pk for row in waiting if row.on not in blocked}


def foresee(
    series: Series,
    officials: Sequence[Cadre],
    unit: Unit,
    dates: Sequence[Due],
    *,
    reader: Account,
    now: datetime,
    besides: frozenset[int] = frozenset(),
) -> list[Foreseen]:
    """What booking `dates` would come to, before it is done; fixed queries.

    `series` need not be saved. `besides` are visits that are about to move away.
    """
    settings = Setting.objects.as_dict()
    blocked = _blocked(
        series,
        officials,
        unit,
        [due.on for due in dates if due.on],
        reader=reader,
        now=now,
        settings=settings,
        working=CalendarDay.objects.working_calendar(),
        besides=besides,
    )
    latest = _today(now) + timedelta(days=settings["plan.ahead_days"])
    found = []
    for due in dates:
        if due.on is None:
            found.append(Foreseen(due, due.skip, due.why))
        elif due.on > latest:
            found.append(Foreseen(due, Skip.OTHER, _("Too far ahead by now.")))
        elif due.on in blocked:
            found.append(Foreseen(due, *blocked[due.on]))
        else:
            found.append(Foreseen(due))
    return found


def _blocked(
    series: Series,
    officials: Sequence[Cadre],
    unit: Unit,
    days: Sequence[date],
    *,
    reader: Account,
    now: datetime,
    settings: dict[str, int],
    working: WorkingCalendar,
    besides: frozenset[int] = frozenset(),
) -> dict[date, tuple[str, str]]:
    """The days on which something stands in the way: which kind, and in words."""
    if not days:
        return {}
    spans = [series.span_on(day) for day in days]
    found = clashes(
        officials,
        [Window(starts_at, ends_at) for starts_at, ends_at in spans],
        reader=reader,
        is_workday=working.is_workday,
        now=now,
        with_windows=False,
    )
    stops = [
        StopPlan(series.place, *span, series.activities, series.venue) for span in spans
    ]
    near = crowding(
        stops,
        unit=unit,
        reader=reader,
        settings=settings,
        is_workday=working.is_workday,
        today=_today(now),
        series=series.pk,
        with_quieter=False,
    )
    blocked = {days[row]: (str(Skip.CROWDED), "") for row in near.rows}
    for fault in faults_of_places(stops, area=unit.place, today=_today(now)):
        blocked[days[fault.row]] = (str(Skip.OTHER), str(fault.message))
    for clash in found:
        if clash.visit_id not in besides:
            blocked[days[clash.row]] = _taken(clash)
    return blocked


def _taken(clash: Clash) -> tuple[str, str]:
    if clash.absence:
        kind = clash.absence.get_kind_display()
        return str(Skip.AWAY), f"{clash.official.name}: {kind}"
    words = clash.visit.purpose if clash.visit else ""
    return str(Skip.TAKEN), " · ".join(filter(None, [clash.official.name, words]))


def offers_and_fallen(
    user: Account, *, now: datetime, settings: dict[str, int]
) -> tuple[list[SeriesDate], list[SeriesDate]]:
    """Of one's own running series, soonest first: skipped dates that can be booked now,
    and booked ones that a rest day has caught.

    Most people have none: one query finds the dates, another reads them.
    """
    mine = keys_of(Series.objects.own_of(user).changeable_by(user).running())
    today = _today(now)
    rows_of_mine = SeriesDate.objects.filter(series__in=mine, on__gte=today)
    dates = rows_of_mine.order_by("on", "pk").values_list("pk", flat=True)
    waiting = dates.filter(visit__isnull=True)[: 5 * MOST_OFFERS]
    booked = dates.filter(visit__state__in=EDITABLE, is_changed=False)
    found = list(waiting.union(booked[: 5 * MOST_OFFERS], all=True))
    if not found:
        return [], []
    read = SeriesDate.objects.select_related("series__place", "series__unit__place")
    rows = list(read.filter(pk__in=found).order_by("on", "pk"))
    working = CalendarDay.objects.working_calendar()
    offered = _offers(rows, user, now, settings, working)
    return offered, [it for it in rows if _fallen(it, working, today)][:MOST_OFFERS]


def _offers(
    rows: Sequence[SeriesDate],
    user: Account,
    now: datetime,
    settings: dict[str, int],
    working: WorkingCalendar,
) -> list[SeriesDate]:
    """Of at most MOST_SERIES series, so that Today costs the same for anyone."""
    by_series: dict[int, list[SeriesDate]] = {}
    for row in rows:
        if row.visit_id is None:
            by_series.setdefault(row.series_id, []).append(row)
    found: set[int] = set()
    for its in list(by_series.values())[:MOST_SERIES]:
        found |= offered_of(
            its[0].series, its, reader=user, now=now, settings=settings, working=working
        )
    return [row for row in rows if row.pk in found][:MOST_OFFERS]


def _today(now: datetime) -> date:
    return timezone.localdate(now)
