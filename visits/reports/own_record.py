"""An official's own year: days, places, kinds of work, promises, and what they learned.

It teaches and remembers. It compares with nobody, not with the year before either, and
makes no mark of it (handbook 10); the figures are those of the reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min

from cadres.models import Account, Cadre, Setting
from visits.models import Finding, Lesson, Matter, Stop, Talk, Visit
from visits.reports.asked import Asked, ByOfficial
from visits.reports.counting import Counts, Number, count
from visits.reports.figures import KINDS, PROMISED, Figure, figures
from visits.reports.matter_list import MatterRow, with_clocks
from visits.rules.periods import FIRST_YEAR, LAST_YEAR, Period, PeriodKind

ON_THE_WAY = figures(
    "visits", "days", "study_days", "counties", "townships", "contact_visits"
)
CAME_OF_IT = figures(
    "talks",
    "audience",
    "questions_answered",
    "findings",
    "problems",
    "uses",
    "receptions",
    "groups",
    "person_visits",
    "matters_received",
    "onsite_decided",
    "onsite_settled",
    "onsite_assigned",
)
MOST = 100  # rows of one list on the page and in the file


@dataclass(frozen=True)
class PlaceOfYear:
    path: str
    visits: int
    last_at: datetime


@dataclass(frozen=True)
class OwnRecord:
    official: Cadre
    year: int
    groups: Sequence[tuple[str, Sequence[tuple[Figure, Number]]]]
    places: Sequence[PlaceOfYear]
    themes: Sequence[str]
    topics: Sequence[str]
    promises: Sequence[MatterRow]
    lessons: Sequence[Lesson]

    @property
    def is_empty(self) -> bool:
        return not (self.places or self.promises or self.lessons)


def year_asked(text: str, *, today: date) -> int:
    """The year that an address names; this one if it names none."""
    fits = text.isascii() and text.isdecimal() and len(text) == 4
    year = int(text) if fits else today.year
    return year if FIRST_YEAR <= year <= LAST_YEAR else today.year


def years_of(official: Cadre, *, today: date) -> list[int]:
    """From the first visit on record to this year, newest first."""
    held = Visit.objects.held().filter(team__official=official)
    first = held.aggregate(first=Min("starts_on"))["first"] or today
    return list(range(today.year, min(first.year, today.year) - 1, -1))


def own_record(
    user: Account, official: Cadre, year: int, *, today: date, titles: Sequence[str]
) -> OwnRecord:
    """All of the page, in a fixed number of queries; `official` is `user`'s own.

    `titles` name the four groups of figures.
    """
    asked = Asked(user, today, Period(PeriodKind.YEAR, year))
    parts = [ON_THE_WAY, KINDS, CAME_OF_IT, PROMISED.figures]
    rows = ByOfficial((official.pk,))
    counts = count(asked, rows, [it for part in parts for it in part])
    held = _held(asked, official)
    return OwnRecord(
        official,
        year,
        [
            (title, _numbers(part, counts, official))
            for title, part in zip(titles, parts, strict=True)
        ],
        _places(held),
        _themes(held),
        _topics(held),
        _promises(user, official, asked),
        _lessons(user, asked),
    )


def _numbers(
    part: Sequence[Figure], counts: Counts, official: Cadre
) -> list[tuple[Figure, Number]]:
    return [(it, counts.of(it, official.pk)) for it in part]


def _held(asked: Asked, official: Cadre) -> Any:
    """Visits that began in the year, as the reports count them."""
    period = asked.period
    began = asked.held().filter(starts_on__range=(period.first, period.last))
    return began.filter(team__official=official).values("pk")


def _places(held: Any) -> list[PlaceOfYear]:
    rows = (
        Stop.objects.filter(visit__in=held)
        .values("place__path")
        .annotate(visits=Count("visit", distinct=True), last_at=Max("starts_at"))
        .order_by("-last_at", "place__path")
    )
    return [
        PlaceOfYear(it["place__path"], it["visits"], it["last_at"])
        for it in rows[:MOST]
    ]


def _themes(held: Any) -> list[str]:
    talks = Talk.objects.filter(stop__visit__in=held).order_by("theme")
    return list(talks.values_list("theme", flat=True).distinct()[:MOST])


def _topics(held: Any) -> list[str]:
    found = Finding.objects.filter(stop__visit__in=held)
    topics = found.order_by("investigation__topic")
    return list(topics.values_list("investigation__topic", flat=True).distinct()[:MOST])


def _promises(user: Account, official: Cadre, asked: Asked) -> list[MatterRow]:
    """Those decided in the year, as they stand today; the newest first."""
    span = (asked.period.first, asked.period.last)
    mine = Matter.objects.visible_to(user).promised().filter(decided_by=official)
    rows = mine.filter(raised_on__range=span).for_list().order_by("-raised_on", "-pk")
    settings = Setting.objects.as_dict()
    return with_clocks(list(rows[:MOST]), on=asked.today, settings=settings)


def _lessons(user: Account, asked: Asked) -> list[Lesson]:
    span = (asked.period.first, asked.period.last)
    own = Lesson.objects.filter(author=user, visit__starts_on__range=span)
    return list(own.for_list().order_by("-visit__starts_on", "-pk")[:MOST])
