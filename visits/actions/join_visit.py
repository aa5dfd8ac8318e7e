from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, CalendarDay
from visits.actions.plan_visit import taken
from visits.actions.refusals import refuse
from visits.models import DiaryEntry, Visit, VisitEvent, VisitOfficial
from visits.reports.clashes import clashes
from visits.rules.free_windows import Window
from visits.rules.visit_states import TO_COME, Part


def join_visit(
    visit: Visit, *, by: Account, officials: Sequence[Cadre], now: datetime
) -> Visit:
    """Go along with others instead of burdening a place twice (one group, one visit).

    Raises:
        Refusal: code `move_not_allowed` when the visit is over or not settled;
            `double_booking` with free windows; `twice_in_team`.
    """
    try:
        with transaction.atomic():
            return _join(visit, by, officials, now)
    except (IntegrityError, OperationalError) as error:
        found = _clashes(visit, by, officials, now)
        if not found:
            raise
        raise taken(found) from error


def _join(
    visit: Visit, by: Account, officials: Sequence[Cadre], now: datetime
) -> Visit:
    list(
        Cadre.objects.select_for_update(no_key=True)
        .filter(pk__in=[official.pk for official in officials])
        .order_by("pk")
    )
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.state not in TO_COME or visit.starts_at <= now:
        refuse(_("This visit can no longer be joined."), code="move_not_allowed")
    there = set(visit.team.values_list("official_id", flat=True))
    if any(official.pk in there for official in officials):
        refuse(_("This official is already in the team."), code="twice_in_team")
    found = _clashes(visit, by, officials, now)
    if found:
        raise taken(found)
    VisitOfficial.objects.bulk_create(
        VisitOfficial(
            visit=visit, official=official, part=Part.COMPANION, unit=official.unit
        )
        for official in officials
    )
    DiaryEntry.objects.bulk_create(
        DiaryEntry(
            official=official,
            stop=stop,
            starts_at=stop.starts_at,
            ends_at=stop.ends_at,
        )
        for stop in visit.stops.all()
        for official in officials
    )
    visit.version += 1
    visit.save(update_fields=["version"])
    for official in officials:
        visit.events.create(kind=VisitEvent.Kind.JOINED, by=by, on_behalf_of=official)
    return visit


def _clashes(
    visit: Visit, by: Account, officials: Sequence[Cadre], now: datetime
) -> list:  # type: ignore[type-arg]
    spans = [
        Window(timezone.localtime(stop.starts_at), timezone.localtime(stop.ends_at))
        for stop in visit.stops.order_by("position")
    ]
    return clashes(
        officials,
        spans,
        reader=by,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        now=now,
    )
