"""What changed since someone was last here, from the records' own histories.

Of records they may see now, by others than themselves, and by steps alone: no text of
a letter stands in it, and of a sealed one nothing at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Account
from visits.models import (
    Investigation,
    InvestigationEvent,
    Letter,
    LetterEvent,
    Matter,
    MatterEvent,
    Problem,
    ProblemEvent,
    Question,
    QuestionEvent,
    ReceptionSession,
    SessionEvent,
    Visit,
    VisitEvent,
)
from visits.rules.sessions import SessionStep

SHOWN = 8  # records
STEPS = 3  # of each
MOST = 60  # events of each kind of record that are read
BACK = timedelta(days=30)
# Bookings come and go all day; looks at contacts are the log's business.
OF_SESSIONS = (
    SessionStep.PLAN,
    SessionStep.PUBLISH,
    SessionStep.MOVE,
    SessionStep.REPLACE,
    SessionStep.CANCEL,
    SessionStep.RESULT,
    SessionStep.HOLD,
)


@dataclass
class Changed:
    """One record, with the last steps taken on it, newest first."""

    what: str | Promise
    title: str
    url: str
    at: datetime
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class News:
    rows: list[Changed]
    more: int
    is_cut: bool  # there may be still more


def changed_since(user: Account, since: datetime, *, now: datetime) -> News:
    """Newest first; one query for each kind of record, however much has changed."""
    since = max(since, now - BACK)
    found: list[Changed] = []
    is_cut = False
    for what, events, about in _sources(user):
        rows = events.filter(at__gt=since, at__lte=now).exclude(by=user)
        newest = list(rows.order_by("-at", "-pk")[:MOST])
        is_cut = is_cut or len(newest) == MOST
        found += _grouped(what, newest, about)
    found.sort(key=lambda it: it.at, reverse=True)
    return News(found[:SHOWN], max(len(found) - SHOWN, 0), is_cut)


About = Callable[[Any], tuple[Any, str, str]]  # of an event: record, title, step
Source = tuple[str | Promise, QuerySet[Any], About]


def _sources(user: Account) -> Iterator[Source]:
    visits = Visit.objects.visible_to(user)
    if user.acts_for_ids():
        visits = visits.own_of(user)
    yield (
        gettext_lazy("Visit"),
        VisitEvent.objects.filter(visit__in=visits.values("pk"))
        .select_related("visit")
        .defer("visit__summary", "changes"),
        lambda it: (it.visit, it.visit.purpose, it.get_kind_display()),
    )
    letters = Letter.objects.visible_to(user).unsealed()
    yield (
        gettext_lazy("Letter"),
        LetterEvent.objects.filter(letter__in=letters.values("pk"))
        .select_related("letter__place")
        .only("letter", "step", "at", "letter__reference", "letter__place__name"),
        lambda it: (it.letter, _of_letter(it.letter), it.get_step_display()),
    )
    matters = Matter.objects.visible_to(user)
    yield (
        pgettext_lazy("on the spot", "Matter"),
        MatterEvent.objects.filter(matter__in=matters.values("pk"))
        .select_related("matter")
        .defer("record", "sealed_witness"),
        lambda it: (it.matter, it.matter.subject, it.get_step_display()),
    )
    questions = Question.objects.visible_to(user)
    yield (
        gettext_lazy("Question"),
        QuestionEvent.objects.filter(question__in=questions.values("pk"))
        .select_related("question")
        .defer("record"),
        lambda it: (it.question, it.question.text, it.get_step_display()),
    )
    studies = Investigation.objects.near_to(user)
    yield (
        gettext_lazy("Investigation"),
        InvestigationEvent.objects.filter(investigation__in=studies.values("pk"))
        .select_related("investigation")
        .defer("record"),
        lambda it: (it.investigation, it.investigation.topic, it.get_step_display()),
    )
    problems = Problem.objects.visible_to(user)
    yield (
        gettext_lazy("Problem"),
        ProblemEvent.objects.filter(problem__in=problems.values("pk"))
        .select_related("problem")
        .defer("record"),
        lambda it: (it.problem, it.problem.text, it.get_step_display()),
    )
    sessions = ReceptionSession.objects.visible_to(user)
    yield (
        gettext_lazy("Session"),
        SessionEvent.objects.filter(
            session__in=sessions.values("pk"), step__in=OF_SESSIONS
        )
        .select_related("session")
        .defer("record"),
        lambda it: (it.session, _of_session(it.session), it.get_step_display()),
    )


def _of_letter(letter: Letter) -> str:
    """Its number and place: the page of the letter says what it is about."""
    return f"{letter.printed_reference} · {letter.place.name}"


def _of_session(session: ReceptionSession) -> str:
    day = date_format(session.on, "DATE_FORMAT")
    return _("%(day)s, %(venue)s") % {"day": day, "venue": session.venue}


def _grouped(what: str | Promise, events: list[Any], about: About) -> list[Changed]:
    found: dict[int, Changed] = {}
    for event in events:
        record, title, step = about(event)
        row = found.get(record.pk)
        if row is None:
            url = record.get_absolute_url()
            row = found[record.pk] = Changed(what, title, url, event.at)
        if step not in row.steps and len(row.steps) < STEPS:
            row.steps.append(step)
    return list(found.values())
