"""When an official is away: entered, moved, taken out, with their diary."""

from datetime import date, datetime, time, timedelta
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected, ExclusionViolation

from cadres.models import Account, Cadre, CalendarDay, Setting
from visits.actions.refusals import Refusal
from visits.models import Absence, DiaryEntry
from visits.reports.clashes import Clash, clashes
from visits.rules.free_windows import Window


def record_absence(
    *, by: Account, now: datetime, cadre: Cadre, kind: str, first: date, last: date
) -> Absence:
    """Keep these whole days free of visits; both belong to the absence.

    Sent twice, it answers with the absence that stands already.

    Raises:
        ValidationError: keyed by argument: a day too far off, the end before the
            beginning.
        Refusal: code `double_booking` with the clashes, as far as `by` may see them.
    """
    absence = Absence(cadre=cadre)
    try:
        with transaction.atomic():
            _lock(cadre)
            same = Absence.objects.filter(
                cadre=cadre, kind=kind, first=first, last=last
            ).first()
            return same or _write(absence, by, now, kind, first, last)
    except (IntegrityError, OperationalError) as error:
        _taken_meanwhile(error, absence, by, now)


def change_absence(
    absence: Absence,
    *,
    by: Account,
    now: datetime,
    seen: datetime,
    kind: str,
    first: date,
    last: date,
) -> Absence:
    """Move an absence; `seen` is when it had been recorded as `by` last saw it.

    Raises:
        ValidationError, Refusal: as in `record_absence`; code `stale` if it has been
            changed since `seen`, code `gone` if it has been taken out.
    """
    try:
        with transaction.atomic():
            _lock(absence.cadre)
            absence = _locked(absence)
            if (absence.kind, absence.first, absence.last) == (kind, first, last):
                return absence
            if absence.recorded_at != seen:
                raise Refusal(
                    _("Someone else has changed this absence meanwhile."), code="stale"
                )
            absence.diary.all().delete()
            return _write(absence, by, now, kind, first, last)
    except (IntegrityError, OperationalError) as error:
        _taken_meanwhile(error, absence, by, now)


@transaction.atomic
def remove_absence(absence: Absence) -> None:
    """Take an absence out; its days are free for visits again.

    Raises:
        Refusal: code `gone`.
    """
    _locked(absence).delete()


def _lock(cadre: Cadre) -> None:
    # As for a booking: an absence and a visit of one official wait for each other.
    Cadre.objects.select_for_update(no_key=True).get(pk=cadre.pk)


def _locked(absence: Absence) -> Absence:
    found = Absence.objects.select_for_update().filter(pk=absence.pk).first()
    if found is None:
        text = _("Someone else has taken this absence out meanwhile.")
        raise Refusal(text, code="gone")
    return found


def _write(
    absence: Absence, by: Account, now: datetime, kind: str, first: date, last: date
) -> Absence:
    _check_days(absence, now, first, last)
    absence.kind, absence.first, absence.last = kind, first, last
    absence.recorded_by, absence.recorded_at = by, now
    absence.full_clean()
    found = _clashes(absence, by, now)
    if found:
        raise taken(found)
    absence.save()
    span = _span(first, last)
    DiaryEntry.objects.create(
        official=absence.cadre,
        absence=absence,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )
    return absence


def _check_days(absence: Absence, now: datetime, first: date, last: date) -> None:
    settings = Setting.objects.as_dict()
    today = timezone.localdate(now)
    earliest = today - timedelta(days=settings["plan.past_days"])
    latest = today + timedelta(days=settings["plan.ahead_days"])
    faults = {}
    # What began long ago may still end on another day.
    if first != absence.first and not earliest <= first <= latest:
        faults["first"] = _too_far(earliest, latest)
    if last < first:
        text = _("The last day lies before the first.")
        faults["last"] = ValidationError(text, code="ends_before_begin")
    elif last != absence.last and not earliest <= last <= latest:
        faults["last"] = _too_far(earliest, latest)
    if faults:
        raise ValidationError(faults)


def _too_far(earliest: date, latest: date) -> ValidationError:
    return ValidationError(
        _("Choose a day from %(earliest)s to %(latest)s."),
        code="too_far",
        params={"earliest": earliest.isoformat(), "latest": latest.isoformat()},
    )


def _span(first: date, last: date) -> Window:
    """Whole days: from 00:00 of the first to 24:00 of the last, local time."""
    return Window(
        timezone.make_aware(datetime.combine(first, time.min)),
        timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)),
    )


def _clashes(absence: Absence, by: Account, now: datetime) -> list[Clash]:
    return clashes(
        [absence.cadre],
        [_span(absence.first, absence.last)],
        reader=by,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        now=now,
    )


def taken(found: list[Clash]) -> Refusal:
    return Refusal(
        _("Visits or other absences stand in the way on these days."),
        code="double_booking",
        clashes=found,
    )


def _taken_meanwhile(
    error: Exception, absence: Absence, by: Account, now: datetime
) -> NoReturn:
    """Answer a race that the database decided as the check before it would have."""
    if isinstance(error.__cause__, ExclusionViolation | DeadlockDetected):
        raise taken(_clashes(absence, by, now)) from error
    raise error
