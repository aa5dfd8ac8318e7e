from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre
from visits.actions.booking import (
    check_clashes,
    clashes_of,
    is_race,
    lock_officials,
    taken,
    write_diary,
)
from visits.actions.refusals import refuse
from visits.models import Visit, VisitEvent, VisitOfficial
from visits.reports.visit_snapshot import changes_between, snapshot
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
        if is_race(error):
            stops = visit.stops.order_by("position")
            raise taken(clashes_of(officials, stops, by=by, now=now)) from error
        raise


def _join(
    visit: Visit, by: Account, officials: Sequence[Cadre], now: datetime
) -> Visit:
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    lock_officials(officials)
    if visit.state not in TO_COME or visit.starts_at <= now:
        refuse(_("This visit can no longer be joined."), code="move_not_allowed")
    there = set(visit.team.values_list("official_id", flat=True))
    if any(official.pk in there for official in officials):
        refuse(_("This official is already in the team."), code="twice_in_team")
    stops = list(visit.stops.order_by("position"))
    check_clashes(officials, stops, by=by, now=now)
    before = snapshot(visit)
    VisitOfficial.objects.bulk_create(
        VisitOfficial(
            visit=visit, official=official, part=Part.COMPANION, unit=official.unit
        )
        for official in officials
    )
    write_diary(stops, [official.pk for official in officials])
    visit.version += 1
    visit.save(update_fields=["version"])
    visit.events.create(
        kind=VisitEvent.Kind.JOINED,
        by=by,
        on_behalf_of=officials[0],
        changes=changes_between(before, snapshot(visit)),
    )
    return visit
