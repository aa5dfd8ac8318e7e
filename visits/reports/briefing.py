"""The briefing: what to know before the door, for each planned stop of a visit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils import timezone

from cadres.models import (
    Account,
    CalendarDay,
    ContactPoint,
    District,
    Setting,
    Venue,
)
from visits.models import Lesson, Letter, Matter, Stop, Talk, Visit, VisitOfficial
from visits.reports.crowding import Crowd, crowding
from visits.reports.lessons import lessons_for
from visits.reports.place_page import contacts_at
from visits.reports.question_page import QuestionRow, open_questions_at, with_limits
from visits.reports.seen import is_counted, is_seen, is_seen_matter
from visits.reports.where_to_go import (
    counts_letters,
    is_due,
    open_letters,
    open_matters,
)
from visits.rules.plan import StopPlan
from visits.rules.small_counts import Told, told

# So many fit on the paper; the page of the place, and the lists, have the rest.
VISITS, LETTERS, MATTERS, QUESTIONS, TALKS, SUBJECTS, LESSONS = 4, 5, 6, 5, 4, 5, 3


@dataclass(frozen=True)
class Came:
    """A visit that took place there; its purpose only for those who may see it."""

    stop: Stop
    may_open: bool


@dataclass
class StopBriefing:
    stop: Stop
    contacts: list[ContactPoint]
    venues: list[Venue]
    came: list[Came]
    letters: list[Letter]
    letters_in_all: Told
    subjects: list[tuple[str, Told]]
    matters: list[Matter]
    open_matters: int
    due: int
    questions: list[QuestionRow]
    talks: list[Talk]
    lessons: Sequence[Lesson]
    crowd: Crowd | None = None


@dataclass
class Briefing:
    stops: list[StopBriefing] = field(default_factory=list)
    is_crowded: bool = False
    unnamed: bool = False


def briefing(visit: Visit, reader: Account, *, now: datetime) -> Briefing:
    """What `reader` may know of each place; so many queries however many stops."""
    settings = Setting.objects.as_dict()
    today = timezone.localtime(now).date()
    stops = list(visit.stops.select_related("place").order_by("position"))
    near = crowding(
        [_plan(stop) for stop in stops],
        unit=visit.unit,
        reader=reader,
        settings=settings,
        is_workday=CalendarDay.objects.working_calendar().is_workday,
        today=today,
        besides=visit,
    )
    crowds = {crowd.row: crowd for crowd in near.crowds}
    found = _of_stops(visit, stops, reader, on=today, least=settings["report.min_cell"])
    for row, it in enumerate(found):
        it.crowd = crowds.get(row)
    return Briefing(found, bool(near), near.unnamed)


def _plan(stop: Stop) -> StopPlan:
    return StopPlan(
        stop.place,
        timezone.localtime(stop.starts_at),
        timezone.localtime(stop.ends_at),
        stop.activities,
        stop.venue,
    )


def _of_stops(
    visit: Visit, stops: list[Stop], reader: Account, *, on: date, least: int
) -> list[StopBriefing]:
    def first(most: int, rows: Callable[[District], Any]) -> list[list[Any]]:
        return _first_at_each(stops, most, rows)

    places = [stop.place for stop in stops]
    contacts = _by_place(contacts_at(places, reader, on=on))
    venues = _by_place(Venue.objects.filter(place__in=places).order_by("name"))
    came = first(4 * VISITS, partial(_came, visit, reader))
    letters = first(LETTERS, partial(_letters, reader))
    exact = [counts_letters(reader, place) for place in places]
    subjects = _subjects(reader, places)
    matters = first(MATTERS, partial(_matters, reader))
    numbers = _numbers_of_matters(reader, places, on=on)
    questions = first(QUESTIONS, partial(open_questions_at, reader=reader))
    talks = first(TALKS, partial(_talks, reader))
    lessons = first(LESSONS, partial(lessons_for, purpose=visit.purpose))
    return [
        StopBriefing(
            stop,
            contacts.get(stop.place_id, []),
            venues.get(stop.place_id, [])[:VISITS],
            _once_each(came[n]),
            letters[n],
            *_told(subjects[n], least=least, is_exact=exact[n]),
            matters[n],
            *numbers[n],
            with_limits(questions[n], on=on),
            talks[n],
            lessons[n],
        )
        for n, stop in enumerate(stops)
    ]


def _first_at_each(
    stops: Sequence[Stop], most: int, rows: Callable[[District], Any]
) -> list[list[Any]]:
    """The first `most` of the rows at each stop's place, in one question for all."""
    found: list[list[Any]] = [[] for _stop in stops]
    parts = [
        rows(stop.place).annotate(for_stop=Value(n))[:most]
        for n, stop in enumerate(stops)
    ]
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        found[row.for_stop].append(row)
    return found


def _by_place(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.place_id, []).append(row)
    return found


def _at(place: District) -> dict[str, int]:
    return {place.subtree_column: place.pk}


def _came(visit: Visit, reader: Account, place: District) -> Any:
    """Stops of the last visits by anyone; hidden ones only if they are one's own."""
    held = Visit.objects.filter(is_counted(reader)).held().exclude(pk=visit.pk)
    last = Stop.objects.filter(visit__in=held, **_at(place))
    seen = Visit.objects.filter(is_seen(reader), pk=OuterRef("visit"))
    team = VisitOfficial.objects.select_related("official").order_by("pk")
    return (
        last.annotate(may_open=Exists(seen))
        .select_related("visit__unit", "place")
        .prefetch_related(Prefetch("visit__team", team))
        .order_by("-starts_at", "-pk")
    )


def _once_each(stops: Sequence[Any]) -> list[Came]:
    """Each visit once, by its last stop there."""
    by_visit: dict[int, Any] = {}
    for stop in stops:
        by_visit.setdefault(stop.visit_id, stop)
    return [Came(it, it.may_open) for it in by_visit.values()][:VISITS]


def _letters(reader: Account, place: District) -> QuerySet[Letter]:
    """Open ones that are in the reader's hands, without who wrote."""
    if not reader.has_perm("visits.view_letter"):
        return Letter.objects.none()
    seen = Letter.objects.visible_to(reader).unsealed().open().filter(**_at(place))
    return seen.order_by(F("due_on").asc(nulls_last=True), "pk")


def _subjects(reader: Account, places: Sequence[District]) -> list[list[Any]]:
    """Of each place, how many open letters there are of which subject; most first."""
    found: list[list[Any]] = [[] for _place in places]
    parts: list[Any] = [
        open_letters(reader)
        .filter(**_at(place))
        .values(for_stop=Value(n), name=F("subject__name"))
        .annotate(n=Count("pk"))
        for n, place in enumerate(places)
    ]
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        found[row["for_stop"]].append(row)
    return [sorted(it, key=lambda row: (-row["n"], row["name"] or "")) for it in found]


def _told(
    counted: Sequence[Any], *, least: int, is_exact: bool
) -> tuple[Told, list[tuple[str, Told]]]:
    """How many open letters, and of which subjects as far as that may be told."""
    in_all = sum(row["n"] for row in counted)
    subjects = [
        (row["name"], told(row["n"], least=least, is_exact=is_exact))
        for row in counted
        if row["name"] and (is_exact or row["n"] >= least)
    ]
    return told(in_all, least=least, is_exact=is_exact), subjects[:SUBJECTS]


def _numbers_of_matters(
    reader: Account, places: Sequence[District], *, on: date
) -> list[tuple[int, int]]:
    """Of each place, how many are open and how many of those due."""
    counts = {}
    for n, place in enumerate(places):
        here = Q(**_at(place))
        counts[f"open_{n}"] = Count("pk", filter=here)
        counts[f"due_{n}"] = Count("pk", filter=here & is_due(on=on))
    anywhere = reduce(or_, [Q(**_at(place)) for place in places], Q())
    found = open_matters(reader).filter(anywhere).aggregate(**counts)
    return [(found[f"open_{n}"], found[f"due_{n}"]) for n in range(len(places))]


def _matters(reader: Account, place: District) -> QuerySet[Matter]:
    seen = Matter.objects.filter(is_seen_matter(reader)).open().filter(**_at(place))
    rows = seen.select_related("decided_by", "place")
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def _talks(reader: Account, place: District) -> QuerySet[Talk]:
    """What was explained there before, on visits that the reader may see."""
    stops = {f"stop__{column}": pk for column, pk in _at(place).items()}
    held = Visit.objects.filter(is_seen(reader)).held()
    rows = Talk.objects.filter(stop__visit__in=held, **stops).select_related("stop")
    return rows.order_by("-stop__starts_at", "-pk")
