"""The visits a reader may see as a list, newest first."""

from datetime import date, datetime

from django.db.models import QuerySet

from cadres.models import Account
from cadres.reports.keyset import Page, page_of
from visits.models import Visit

PER_PAGE = 25


def visit_list(
    reader: Account,
    *,
    show: str = "",
    first: date | None = None,
    last: date | None = None,
    older: str = "",
    newer: str = "",
    now: datetime,
) -> Page[Visit]:
    """One page; `older` and `newer` are references of the visits next to it."""
    rows = listed(reader, show=show, first=first, last=last, now=now)
    edge = None
    if older or newer:
        visible = Visit.objects.visible_to(reader)
        edge = visible.filter(reference=(older or newer)[:8]).first()
    return page_of(
        rows,
        "-starts_on",
        "-pk",
        size=PER_PAGE,
        after=edge if older else None,
        before=None if older else edge,
    )


def listed(
    reader: Account,
    *,
    show: str = "",
    first: date | None = None,
    last: date | None = None,
    now: datetime,
) -> QuerySet[Visit]:
    """The rows of the list with all that it shows, in no order."""
    rows = _shown(Visit.objects.visible_to(reader), reader, show, now)
    if first:
        rows = rows.filter(ends_on__gte=first)
    if last:
        rows = rows.filter(starts_on__lte=last)
    return rows.select_related("unit").prefetch_related(
        "stops__place", "team__official"
    )


def _shown(
    visible: QuerySet[Visit], reader: Account, show: str, now: datetime
) -> QuerySet[Visit]:
    visits: dict[str, QuerySet[Visit]] = {
        "log": visible.to_log_by(reader, now=now),  # type: ignore[attr-defined]
        "confirm": visible.to_confirm_by(reader),  # type: ignore[attr-defined]
        "planned": visible.to_come(),  # type: ignore[attr-defined]
    }
    return visits.get(show, visible)
