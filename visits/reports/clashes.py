"""What stands in the way of a booking, as far as the reader may know it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cadres.models import Account, Cadre
from visits.models import Absence, DiaryEntry, Visit
from visits.reports.seen import is_seen
from visits.rules.free_windows import HORIZON, Window, free_windows


@dataclass
class Clash:
    """An official who is taken during one stop (`row` counts them from 0).

    `visit` is None when an absence stands in the way, or when the reader may not see
    the visit that does.
    """

    row: int
    official: Cadre
    starts_at: datetime
    ends_at: datetime
    visit: Visit | None = None
    absence: Absence | None = None
    windows: list[Window] = field(default_factory=list)
    at: str = ""  # the name of its row on the page, if it is shown on one
    # The key of the visit, whether or not the reader may see it: never for a page.
    visit_id: int | None = None


def clashes(
    officials: Iterable[Cadre],
    spans: Sequence[Window],
    *,
    reader: Account,
    is_workday: Callable[[date], bool],
    now: datetime,
    besides: Visit | None = None,
    with_windows: bool = True,
) -> list[Clash]:
    """Diary entries that meet one of `spans`, each with three free windows.

    The windows, if wanted, are free for all `officials` at once.
    """
    known = {official.pk: official for official in officials}
    if not known or not spans:
        return []
    margin = timedelta(days=HORIZON + 1 if with_windows else 0)
    entries = list(
        DiaryEntry.objects.filter(official__in=known)
        .overlapping(
            min(span.starts_at for span in spans) - margin,
            max(span.ends_at for span in spans) + margin,
        )
        .exclude(Q(stop__visit=besides) if besides else Q(pk__in=[]))
        .select_related("stop__visit", "stop__place", "absence")
        .order_by("starts_at", "pk")
    )
    busy = [Window(entry.starts_at, entry.ends_at) for entry in entries]
    found = []
    for row, span in enumerate(spans):
        for entry in entries:
            if not span.meets(Window(entry.starts_at, entry.ends_at)):
                continue
            found.append(
                Clash(
                    row,
                    known[entry.official_id],
                    timezone.localtime(entry.starts_at),
                    timezone.localtime(entry.ends_at),
                    visit=entry.stop.visit if entry.stop else None,
                    absence=entry.absence,
                    visit_id=entry.stop.visit_id if entry.stop else None,
                )
            )
    if not found:
        return []
    ids = {clash.visit.pk for clash in found if clash.visit}
    visible = set(
        Visit.objects.filter(is_seen(reader))
        .filter(pk__in=ids)
        .values_list("pk", flat=True)
    )
    offers: dict[int, list[Window]] = {}
    for clash in found:
        if clash.visit and clash.visit.pk not in visible:
            clash.visit = None
        if with_windows and clash.row not in offers:
            others = [span for row, span in enumerate(spans) if row != clash.row]
            offers[clash.row] = free_windows(
                spans[clash.row],
                busy + others,
                not_before=now,
                is_workday=is_workday,
            )
        clash.windows = offers.get(clash.row, [])
    return found
