"""What someone must do now, in the order of its limit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import (
    Letter,
    Question,
    SeriesDate,
    Stop,
    Visit,
    VisitOfficial,
)
from visits.models.visit import VisitQuerySet, open_to_brief
from visits.reports.letter_worklists import waiting_letters
from visits.reports.matter_work import matter_work
from visits.reports.question_duty import waiting_questions
from visits.reports.seen import is_changeable, is_own, is_seen
from visits.reports.series_page import offers_and_fallen
from visits.reports.study_work import STUDY_WORDS, StudyWork, study_work
from visits.reports.task import SHOWN, SOON, Task
from visits.rules.visit_states import VisitState

AHEAD = 7  # days of the week ahead


def tasks(user: Account, *, now: datetime, settings: dict[str, int]) -> list[Task]:
    """What waits for this account: visits to log or approve, matters, letters, answers
    that were promised."""
    today = timezone.localtime(now).date()
    found = list(_visits(user, now))
    found += [_of_study(*it, today) for it in study_work(user, on=today)]
    offered, caught = offers_and_fallen(user, now=now, settings=settings)
    found += [_of_series(row, today) for row in offered]
    found += [_of_fallen(row, today) for row in caught]
    found += matter_work(user, today)
    found += [_of_letter(letter, today) for letter in _letters(user, today)]
    found += [_of_question(question, today) for question in _questions(user, today)]
    return sorted(found, key=lambda task: task.on)


@dataclass(frozen=True)
class VisitTask:
    """What is to be done with a visit, and where."""

    kind: str
    what: Promise
    action: Promise
    rows: VisitQuerySet
    address: str
    is_over: bool = False


def _visits(user: Account, now: datetime) -> Iterator[Task]:
    """One query reads the visits of all kinds of tasks."""
    today = timezone.localtime(now).date()
    visits = Visit.objects.filter(is_seen(user))
    mine = Visit.objects.filter(is_own(user), is_changeable(user))
    may_log = user.has_perm("visits.log_visit")
    kinds = [
        VisitTask(
            "log",
            _("Log what came of it"),
            _("Log the visit"),
            (mine.unlogged(now=now) if may_log else mine.none()).order_by(
                "ends_at", "pk"
            ),
            "visits:visit_log",
            is_over=True,
        ),
        VisitTask(
            "confirm",
            _("Confirm the log"),
            _("Read and confirm"),
            visits.to_confirm_by(user).order_by("ends_at", "pk"),
            "visits:visit_detail",
            is_over=True,
        ),
        VisitTask(
            "approve",
            _("Approve the plan"),
            _("Read and approve"),
            visits.to_approve_by(user, now=now).order_by("starts_at", "pk"),
            "visits:visit_detail",
        ),
        VisitTask(
            "draft",
            _("Finish the draft"),
            _("Go on"),
            mine.filter(state=VisitState.DRAFT).order_by("starts_at", "pk"),
            "visits:visit_change",
        ),
    ]
    first, *others = (
        it.rows.annotate(task=Value(number)).values_list(
            *("task", "reference", "purpose", "starts_at", "ends_at"),
            "ends_on" if it.is_over else "starts_on",
        )[:SHOWN]
        for number, it in enumerate(kinds)
    )
    for number, reference, title, starts, ends, day in first.union(*others, all=True):
        kind = kinds[number]
        url = reverse(kind.address, args=[reference])
        when, days = (starts, ends), (day - today).days
        yield Task(kind.kind, kind.what, kind.action, url, when, title, day, days)


def _of_series(row: SeriesDate, today: date) -> Task:
    """A date of a series that can be booked, now that its obstacle is gone."""
    return Task(
        "series",
        _("Free again: a date of recurring visits"),
        _("Book it"),
        row.series.get_absolute_url(),
        None,
        row.series.purpose,
        row.on,
        (row.on - today).days,
    )


def _of_fallen(row: SeriesDate, today: date) -> Task:
    """A date of a series that became a day of rest after it was booked."""
    return Task(
        "series",
        _("A day of rest by now: a date of recurring visits"),
        _("Move it"),
        row.series.get_absolute_url(),
        None,
        row.series.purpose,
        row.on,
        (row.on - today).days,
    )


def _of_study(work: StudyWork, count: int, first: date, today: date) -> Task:
    """One line for all problems of a kind; the list has them one by one."""
    what, title, show = STUDY_WORDS[work]
    return Task(
        "received" if work == StudyWork.ANSWER else "matter",
        what,
        _("Open the list"),
        f"{reverse('visits:problem_list')}?show={show}",
        None,
        title % {"n": count},
        first,
        (first - today).days,
    )


def _letters(user: Account, today: date) -> Iterable[Letter]:
    """Letters that wait for a step of this person, those due first before others."""
    if not user.has_perm("visits.view_letter"):
        return []
    rows = waiting_letters(user, on=today).only(
        "reference", "request", "state", "due_on", "received_on", "is_sealed"
    )
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]


def _of_letter(letter: Letter, today: date) -> Task:
    """Of a sealed letter the page says no more than that it is there."""
    due_on = letter.due_on or letter.received_on
    what = _("Sealed letter") if letter.is_sealed else letter.get_state_display()
    return Task(
        "letter" if letter.due_on else "received",
        what,
        _("Open the letter"),
        letter.get_absolute_url(),
        None,
        letter.printed_reference if letter.is_sealed else letter.request,
        due_on,
        (due_on - today).days,
    )


def _questions(user: Account, today: date) -> Iterable[Question]:
    if not user.has_perm("visits.view_visit"):
        return []
    rows = waiting_questions(user, until=today + timedelta(days=SOON))
    return rows.select_related("talk__stop")[:SHOWN]


def _of_question(question: Question, today: date) -> Task:
    day = question.due_on or timezone.localdate(question.talk.stop.starts_at)
    unit = f" · {question.unit_name}" if question.unit_name else ""
    return Task(
        "question" if question.due_on else "received",
        question.get_state_display(),
        _("Answer the question"),
        question.get_absolute_url(),
        None,
        f"{question.text}{unit}",
        day,
        (day - today).days,
    )


def week_ahead(user: Account, *, now: datetime) -> list[Visit]:
    """Own visits from today through the week after; others in reach if one has none.

    Who neither goes nor acts for an official (a clerk, a head of unit) sees what
    takes place in their own area. With the `places` and `names` of each, and whether
    its briefing may be read; one query.
    """
    on = timezone.localtime(now).date()
    whose = is_own(user) if user.acts_for_ids() else is_seen(user)
    stops = Stop.objects.filter(visit=OuterRef("pk")).order_by("position")
    team = VisitOfficial.objects.filter(visit=OuterRef("pk")).order_by("pk")
    place = JSONObject(path="place__path", level="place__level", venue="venue")
    rows = Visit.objects.filter(whose).booked().between(on, on + timedelta(days=AHEAD))
    return list(
        rows.annotate(
            places=ArraySubquery(stops.values(told=place)),
            names=ArraySubquery(team.values("official__name")),
            is_briefed=open_to_brief(is_own(user), now=now),
        )
        .only(
            *("reference", "purpose", "hidden_until"),
            *("starts_at", "ends_at", "starts_on"),
        )
        .order_by("starts_at", "pk")[: 2 * SHOWN]
    )
