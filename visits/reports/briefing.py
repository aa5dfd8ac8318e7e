"""The briefing: what to know before the door, for each planned stop of a visit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Prefetch, QuerySet
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
from visits.reports.where_to_go import (
    counts_letters,
    is_due,
    open_letters,
    open_matters,
)
from visits.rules.plan import StopPlan
from visits.rules.small_counts import Told, told

# So many fit on the paper; the page of the place, and the lists, have the rest.
VISITS, LETTERS, MATTERS, QUESTIONS, TALKS, SUBJECTS = 4, 5, 6, 5, 4, 5


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
    """What `reader` may know of each place; so many queries for each stop."""
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
    least = settings["report.min_cell"]
    found = [_of_stop(visit, stop, reader, on=today, least=least) for stop in stops]
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


def _of_stop(
    visit: Visit, stop: Stop, reader: Account, *, on: date, least: int
) -> StopBriefing:
    place = stop.place
    here = {place.subtree_column: place.pk}
    counted = open_matters(reader).filter(**here)
    numbers = counted.aggregate(n=Count("pk"), due=Count("pk", filter=is_due(on=on)))
    in_all, subjects = _subjects(reader, place, here, least=least)
    return StopBriefing(
        stop,
        list(contacts_at(place, reader, on=on)),
        list(place.venues.order_by("name")[:VISITS]),
        _came(visit, reader, here),
        list(_letters(reader, here)),
        in_all,
        subjects,
        list(_matters(reader, here)),
        numbers["n"],
        numbers["due"],
        _questions(reader, place, on=on),
        list(_talks(reader, here)),
        lessons_for(place, purpose=visit.purpose),
    )


def _came(visit: Visit, reader: Account, here: dict[str, int]) -> list[Came]:
    """The last visits by anyone, each once; hidden ones only if they are one's own."""
    held = Visit.objects.held().countable_by(reader).exclude(pk=visit.pk)
    last = Stop.objects.filter(visit__in=held, **here).order_by("-starts_at", "-pk")
    by_visit: dict[int, Stop] = {}
    team = VisitOfficial.objects.select_related("official").order_by("pk")
    rows = last.select_related("visit__unit", "place").prefetch_related(
        Prefetch("visit__team", team)
    )
    for stop in rows[: 4 * VISITS]:
        by_visit.setdefault(stop.visit_id, stop)
    seen = set(
        Visit.objects.visible_to(reader)
        .filter(pk__in=list(by_visit))
        .values_list("pk", flat=True)
    )
    return [Came(it, it.visit_id in seen) for it in by_visit.values()][:VISITS]


def _letters(reader: Account, here: dict[str, int]) -> QuerySet[Letter]:
    """Open ones that are in the reader's hands, without who wrote."""
    if not reader.has_perm("visits.view_letter"):
        return Letter.objects.none()
    seen = Letter.objects.visible_to(reader).unsealed().open().filter(**here)
    return seen.order_by(F("due_on").asc(nulls_last=True), "pk")[:LETTERS]


def _subjects(
    reader: Account, place: District, here: dict[str, int], *, least: int
) -> tuple[Told, list[tuple[str, Told]]]:
    """How many open letters, and of which subjects as far as that may be told."""
    is_exact = counts_letters(reader, place)
    rows: Any = open_letters(reader).filter(**here).values(name=F("subject__name"))
    counted = list(rows.annotate(n=Count("pk")).order_by("-n", "name"))
    in_all = sum(row["n"] for row in counted)
    subjects = [
        (row["name"], told(row["n"], least=least, is_exact=is_exact))
        for row in counted
        if row["name"] and (is_exact or row["n"] >= least)
    ]
    return told(in_all, least=least, is_exact=is_exact), subjects[:SUBJECTS]


def _matters(reader: Account, here: dict[str, int]) -> QuerySet[Matter]:
    seen = Matter.objects.visible_to(reader).open().filter(**here)
    rows = seen.select_related("decided_by", "place")
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:MATTERS]


def _questions(reader: Account, place: District, *, on: date) -> list[QuestionRow]:
    """What people there asked and wait to hear; first what is promised for soonest."""
    asked = open_questions_at(place, reader, most=QUESTIONS)
    return with_limits(asked[:QUESTIONS], on=on)


def _talks(reader: Account, here: dict[str, int]) -> QuerySet[Talk]:
    """What was explained there before, on visits that the reader may see."""
    stops = {f"stop__{column}": pk for column, pk in here.items()}
    held = Visit.objects.held().visible_to(reader)
    rows = Talk.objects.filter(stop__visit__in=held, **stops).select_related("stop")
    return rows.order_by("-stop__starts_at", "-pk")[:TALKS]
