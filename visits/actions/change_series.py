"""Changing a series from one date on, and ending it: what is past or logged stays."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Account
from visits.actions.booking import lead_of, lock_officials
from visits.actions.move_visit import cancel_visit
from visits.actions.plan_series import (
    book_date,
    check_pattern,
    skip,
    working_calendar,
    write_team,
)
from visits.actions.plan_visit import change_plan
from visits.actions.refusals import Refusal, refuse
from visits.actions.series_pattern import stop_on, team_of_series
from visits.actions.shift_visit import stops_of, team_of
from visits.models import DiaryEntry, Series, SeriesDate, Stop, Visit
from visits.rules.plan import Member
from visits.rules.series import Due, dates_of
from visits.rules.visit_states import EDITABLE


@transaction.atomic
def change_series(
    series: Series,
    *,
    by: Account,
    now: datetime,
    version: int,
    since: date,
    team: Sequence[Member],
    **fields: Any,
) -> Series:
    """Plan the dates from `since` on by another pattern, place or team.

    Its visits move to the new dates in order; those that are over, logged, or changed
    one by one stay as they are. A visit whose plan stays to the letter stays approved.
    What no longer has a date is cancelled; a date that meets an obstacle is skipped.

    Raises:
        Refusal: code `stale`, `series_ended`, `too_early`, `no_dates`.
    """
    series = _locked(series, version)
    rows = list(series.dates.filter(day__gte=since).select_related("visit"))
    mine = _to_move(rows, by, now)
    _settle_pattern(series, now, team, fields)
    held = {row.visit.pk: row for row in rows if row.visit and row.visit.pk in mine}
    left = {row.day for row in rows if row.visit_id and row.visit_id not in held}
    SeriesDate.objects.filter(
        pk__in=[row.pk for row in rows if row.visit_id is None]
    ).delete()
    dates = [due for due in _new_dates(series) if due.day not in left]
    waiting = _settle(series, dates, mine, held)
    stops = Stop.objects.filter(visit__in=[it.visit_id for it in waiting])
    DiaryEntry.objects.filter(stop__in=stops).delete()
    _move(series, dates, waiting, by=by, now=now)
    return series


@transaction.atomic
def end_series(
    series: Series, *, by: Account, now: datetime, version: int, reason: str
) -> Series:
    """Cancel the visits to come; those that are over or logged stay.

    Raises:
        Refusal: code `stale`, `series_ended`, `no_reason`.
    """
    series = _locked(series, version)
    if not reason.strip():
        refuse(_("Say why the series ends."), code="no_reason")
    rows = list(series.dates.filter(visit__isnull=False).select_related("visit"))
    for visit in _to_move(rows, by, now, with_changed=True).values():
        cancel_visit(visit, by=by, reason=reason)
    series.ended_at, series.reason_ended = now, reason.strip()
    series.version += 1
    series.full_clean()
    series.save(update_fields=["ended_at", "reason_ended", "version"])
    return series


def _locked(series: Series, version: int) -> Series:
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if series.ended_at:
        refuse(_("This series has ended."), code="series_ended")
    if series.version != version:
        text = _("Someone else has changed this series meanwhile. Look at it again.")
        raise Refusal(text, code="stale")
    return series


def _to_move(
    rows: Iterable[SeriesDate],
    by: Account,
    now: datetime,
    *,
    with_changed: bool = False,
) -> dict[int, Visit]:
    """The visits to come that follow the series and that `by` may change, by key."""
    keys = [
        row.visit.pk
        for row in rows
        if row.visit and (with_changed or not row.is_changed)
    ]
    visits = Visit.objects.changeable_by(by).filter(
        pk__in=keys, state__in=EDITABLE, starts_at__gt=now
    )
    found = set(visits.values_list("pk", flat=True))
    locked = Visit.objects.select_for_update().filter(pk__in=found).order_by("pk")
    return {visit.pk: visit for visit in locked}


def _settle_pattern(
    series: Series, now: datetime, team: Sequence[Member], fields: dict[str, Any]
) -> None:
    for name, value in fields.items():
        setattr(series, name, value)
    check_pattern(series, now)
    series.unit = lead_of(team).unit
    series.version += 1
    series.full_clean()
    series.save()
    lock_officials(it.official for it in [*team_of_series(series), *team])
    series.team.all().delete()
    write_team(series, team)


def _new_dates(series: Series) -> list[Due]:
    return dates_of(series.pattern, working_calendar())


def _settle(
    series: Series,
    dates: list[Due],
    mine: dict[int, Visit],
    held: dict[int, SeriesDate],
) -> list[SeriesDate]:
    """Give visits that stay to the letter their date; return the rest, by time."""
    team, days = team_of_series(series), {due.on: due for due in dates if due.on}
    waiting = []
    for visit in sorted(mine.values(), key=lambda it: (it.starts_at, it.pk)):
        row, due = held[visit.pk], days.get(visit.starts_on)
        row.visit = visit
        if (
            due
            and due.on
            and stops_of(visit) == [stop_on(series, due.on)]
            and team_of(visit) == team
            and (visit.purpose, visit.mode) == (series.purpose, series.mode)
        ):
            _give(row, due)
            dates.remove(due)
            del days[visit.starts_on]
        else:
            waiting.append(row)
    return waiting


def _give(row: SeriesDate, due: Due) -> None:
    """Let the visit of `row` stand for another date of its series."""
    row.day, row.on, row.why = due.day, due.on or due.day, due.why
    row.skipped, row.is_changed = "", False
    row.save(update_fields=["day", "on", "why", "skipped", "is_changed"])


def _move(
    series: Series,
    dates: Iterable[Due],
    waiting: list[SeriesDate],
    *,
    by: Account,
    now: datetime,
) -> None:
    """Give each date the next visit that waits, or a new one; cancel those left.

    Until then a visit keeps its link, so that it does not crowd the others.
    """
    team = team_of_series(series)
    for due in dates:
        if due.skip or due.on is None or not waiting:
            book_date(series, due, team, by=by, now=now)
            continue
        visit = waiting[0].visit
        assert visit is not None
        try:
            change_plan(
                visit,
                by=by,
                now=now,
                version=visit.version,
                team=team,
                stops=[stop_on(series, due.on)],
                action=visit.action,
                series=series,
                purpose=series.purpose,
                mode=series.mode,
                crowding_reason=visit.crowding_reason,
            )
        except Refusal as refusal:
            row = SeriesDate(series=series, day=due.day, on=due.on, why=due.why)
            skip(row, refusal)
            row.save()
        else:
            _give(waiting.pop(0), due)
    for row in waiting:
        assert row.visit is not None
        cancel_visit(row.visit, by=by, reason=_("The series has other dates now."))
        row.delete()
