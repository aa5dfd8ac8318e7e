"""Choosing places for an investigation: which are well-visited, which are waiting."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.models import Account, District, Setting
from cadres.rules.levels import ANCESTORS, Level
from visits.models import Investigation, Stop, Visit
from visits.reports.needs import areas_of
from visits.reports.where_to_go import Line, where_to_go
from visits.rules.periods import months_before
from visits.rules.small_counts import Told
from visits.rules.well_visited import WellVisited, well_visited

YEAR = timedelta(days=365)
SHOWN = 5


def warning_of(
    place: District,
    *,
    reader: Account,
    besides: Investigation | None = None,
    now: datetime,
) -> WellVisited | None:
    """What speaks against `place`: the visits of the last year, and other studies.

    Visits are those that may count for the reader. Of other studies, whose leaders may
    go unannounced, one is told as of crowding: those near to one, and those of offices
    that stand no higher than one's own (handbook 4.3).
    """
    above = _column_above(place)
    if above is None:
        return None
    own = Level(place.level).column
    held = Visit.objects.held().countable_by(reader)
    stops = Stop.objects.filter(
        visit__in=held,
        starts_at__range=(now - YEAR, now),
        **{above: getattr(place, f"{above}_id")},
    )
    pairs = stops.filter(**{f"{own}__isnull": False}).values_list(own, "visit")
    counts = Counter(pk for pk, _visit in pairs.distinct())
    beside = _beside(place, above, on=timezone.localtime(now).date())
    return well_visited(
        counts[place.pk],
        [counts[pk] for pk in beside],
        studies=_other_studies(place, reader, besides, now),
    )


def _column_above(place: District) -> str | None:
    """The column of the next real place above; None for a province."""
    for column in reversed(ANCESTORS[: place.level - 1]):
        if getattr(place, f"{column}_id") not in (None, place.pk):
            return column
    return None


def _beside(place: District, above: str, *, on: date) -> list[int]:
    here = {above: getattr(place, f"{above}_id")}
    rows = District.objects.real().valid(on=on).filter(level=place.level, **here)
    return list(rows.exclude(pk=place.pk).values_list("pk", flat=True))


def _other_studies(
    place: District, reader: Account, besides: Investigation | None, now: datetime
) -> int:
    """How many others chose it in the last year, or found something there."""
    column = place.subtree_column
    near = Q(pk__in=Investigation.objects.near_to(reader).values("pk"))
    chosen = Q(
        near | Q(unit__level__gte=reader.office_level),
        **{f"places__{column}": place.pk, "places__chosen_at__gte": now - YEAR},
    )
    known = Visit.objects.held().countable_by(reader)
    found = Q(
        **{f"findings__stop__{column}": place.pk},
        findings__stop__starts_at__gte=now - YEAR,
        findings__stop__visit__in=known.values("pk"),
    )
    rows = Investigation.objects.filter(chosen | found)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows.distinct().count()


def words_of(warning: WellVisited) -> list[str]:
    """The warning in sentences, each with its figures."""
    found = []
    if warning.is_often_visited:
        text = _(
            "%(n)d visits in the last year; at the places beside it, usually %(m)s."
        )
        usual = f"{warning.usual:g}"
        found.append(text % {"n": warning.visits, "m": usual})
    if warning.is_often_chosen:
        text = ngettext(
            "%(n)d other investigation of the last year went there or chose it.",
            "%(n)d other investigations of the last year went there or chose it.",
            warning.studies,
        )
        found.append(text % {"n": warning.studies})
    return found


@dataclass(frozen=True)
class Suggestion:
    place: District
    reasons: list[str] = field(default_factory=list)


def suggestions(
    investigation: Investigation, reader: Account, *, now: datetime
) -> list[Suggestion]:
    """At most SHOWN places of the area that wait for somebody, and why each does.

    Long unvisited, with open matters, with open letters (in steps, unless it is the
    reader's duty to know); those that are chosen already are left out.
    """
    area = _area(investigation, reader)
    if area is None or area.level >= Level.VILLAGE:
        return []
    is_tiled = area.level in (Level.PREFECTURE, Level.COUNTY)
    found = where_to_go(reader, area, now=now, with_tiles=is_tiled)
    lines = (
        [tile for group in found.groups for tile in group.tiles]
        if is_tiled
        else found.lines
    )
    months = Setting.objects.as_dict()["unvisited.months"]
    since = months_before(timezone.localtime(now).date(), months)
    chosen = set(investigation.places.values_list("place", flat=True))
    waiting = [
        (line, reasons)
        for line in lines
        if not (line.is_itself or line.is_gone or line.coming)
        and line.place.pk not in chosen
        and (reasons := _reasons(line, since))
    ]
    waiting.sort(key=_by_need)
    return [Suggestion(line.place, reasons) for line, reasons in waiting[:SHOWN]]


def _area(investigation: Investigation, reader: Account) -> District | None:
    """The area of the study, if it lies in the reader's; else the reader's own."""
    areas, wanted = areas_of(reader), investigation.unit.place
    if any(area.contains(wanted) for area in areas):
        return wanted
    return next(iter(areas), None)


def _reasons(line: Line, since: date) -> list[str]:
    found = []
    last = line.last.get("")
    if last is None:
        found.append(_("No visit is on record."))
    elif last < since:
        text = _("Nobody has come for %(n)d days.")
        found.append(text % {"n": line.last_days})
    if line.open_matters:
        text = _("Open on-the-spot matters: %(n)d, of which due: %(due)d.")
        found.append(text % {"n": line.open_matters, "due": line.due})
    if line.told_letters and (letters := _letters(line.told_letters)):
        found.append(letters)
    return found


def _letters(count: Told) -> str:
    if count.exactly:
        return _("Open letters: %(n)d.") % {"n": count.exactly}
    if count.at_least:
        return _("Open letters: %(n)d or more.") % {"n": count.at_least}
    return ""


def _by_need(it: tuple[Line, Iterable[str]]) -> tuple[int, bool, int, str]:
    """What waits in most ways comes first; then where nobody was for longest."""
    line, reasons = it
    days = line.last_days
    return (-len(list(reasons)), days is not None, -(days or 0), line.place.code)
