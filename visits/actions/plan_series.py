"""Booking the dates of a series, one by one; what cannot be booked is kept with why."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, CalendarDay
from visits.actions.booking import lead_of, lock_officials
from visits.actions.plan_visit import plan_visit
from visits.actions.refusals import Refusal, refuse
from visits.actions.series_pattern import stop_on, team_of_series
from visits.models import Series, SeriesDate, SeriesOfficial, Visit
from visits.rules.plan import Member
from visits.rules.series import Due, Skip, dates_of


def plan_series(
    *,
    by: Account,
    now: datetime,
    team: Sequence[Member],
    client_key: UUID,
    **fields: Any,
) -> Series:
    """Enter a series and book what can be booked of it; `fields` are its columns.

    Sent twice with the same `client_key`, it answers with the series that stands.

    Raises:
        ValidationError: keyed by column; code `too_early`, `no_dates`.
    """
    known = Series.objects.filter(planned_by=by, client_key=client_key).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return _plan(by, now, team, client_key, fields)
    except (IntegrityError, ValidationError):
        known = Series.objects.filter(planned_by=by, client_key=client_key).first()
        if known:
            return known
        raise


def _plan(
    by: Account,
    now: datetime,
    team: Sequence[Member],
    client_key: UUID,
    fields: dict[str, Any],
) -> Series:
    series = Series(
        planned_by=by, client_key=client_key, unit=lead_of(team).unit, **fields
    )
    check_pattern(series, now)
    series.full_clean()
    series.save()
    write_team(series, team)
    lock_officials(member.official for member in team)
    for due in dates_of(series.pattern, working_calendar()):
        book_date(series, due, team, by=by, now=now)
    return series


def working_calendar() -> Any:
    return CalendarDay.objects.working_calendar()


def check_pattern(series: Series, now: datetime) -> None:
    """Refuse a series that begins in the past or has no date at all."""
    if series.first < timezone.localdate(now):
        refuse(_("A series begins today or later."), code="too_early")
    if not dates_of(series.pattern, working_calendar()):
        refuse(_("No date lies between these days."), code="no_dates")


def write_team(series: Series, team: Sequence[Member]) -> None:
    SeriesOfficial.objects.bulk_create(
        SeriesOfficial(series=series, official=it.official, part=it.part) for it in team
    )


def book_date(
    series: Series, due: Due, team: Sequence[Member], *, by: Account, now: datetime
) -> SeriesDate:
    """Book one date, or keep it as skipped with what stands in the way."""
    row = SeriesDate(series=series, day=due.day, on=due.on or due.day, why=due.why)
    if due.skip:
        row.skipped = due.skip
    else:
        try:
            row.visit = _book(row, team, by=by, now=now)
        except Refusal as refusal:
            skip(row, refusal)
    row.clean_fields(exclude=["series"])
    row.save()
    return row


def _book(
    row: SeriesDate, team: Sequence[Member], *, by: Account, now: datetime
) -> Visit:
    series = row.series
    return plan_visit(
        by=by,
        now=now,
        team=team,
        stops=[stop_on(series, row.on)],
        client_key=uuid.uuid4(),
        series=series,
        purpose=series.purpose,
        mode=series.mode,
    )


def skip(row: SeriesDate, refusal: Refusal) -> None:
    """Keep on `row` why it was not booked."""
    if refusal.clashes:
        clash = refusal.clashes[0]
        row.obstacle_visit, row.obstacle_absence = clash.visit, clash.absence
        row.skipped = Skip.AWAY if clash.absence else Skip.TAKEN
    elif refusal.crowding:
        named = [
            it.visit for crowd in refusal.crowding.crowds for it in crowd.neighbours
        ]
        row.obstacle_visit, row.skipped = (named or [None])[0], Skip.CROWDED
    else:
        row.skipped = Skip.OTHER
        faults = [fault for found in refusal.faults.values() for fault in found]
        row.why = str(faults[0].message if faults else refusal.messages[0])[:200]


@transaction.atomic
def book_skipped(row: SeriesDate, *, by: Account, now: datetime) -> Visit:
    """Book a date that was skipped, now that nothing stands in the way.

    Whoever comes second is answered with the visit that stands by then.

    Raises:
        Refusal: code `series_ended`, `date_past`, `rest_day`; as in `plan_visit`.
    """
    series = Series.objects.select_for_update().get(pk=row.series_id)
    row = SeriesDate.objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.series = series
    if row.visit:
        return row.visit
    if series.ended_at:
        refuse(_("This series has ended."), code="series_ended")
    if row.on < timezone.localdate(now):
        refuse(_("This date is past."), code="date_past")
    if row.skipped == Skip.REST and not working_calendar().is_workday(row.on):
        refuse(_("This day is still a day of rest."), code="rest_day")
    row.visit = _book(row, team_of_series(series), by=by, now=now)
    row.clean_fields(exclude=["series"])
    row.save(update_fields=["visit"])
    return row.visit
