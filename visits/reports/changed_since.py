"""What changed since someone was last here, from the records' own histories.

Of records they may see now, by others than themselves, and by steps alone: no text of
a letter stands in it, and of a sealed one nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
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
MOST = 120  # events that are read
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


@dataclass(frozen=True)
class Source:
    """A kind of record: its `events`, which of them this person may see, and how one
    is told: the record, its title, the step."""

    what: str | Promise
    events: QuerySet[Any]
    seen: Q
    about: Callable[[Any], tuple[Any, str, str]]


def changed_since(user: Account, since: datetime, *, now: datetime) -> News:
    """Newest first. One query finds the events of all kinds; then one for each kind
    that has some reads them, however much has changed."""
    since = max(since, now - BACK)
    sources = list(_sources(user))
    kept = Q(at__gt=since, at__lte=now) & ~Q(by=user)
    newest = [
        source.events.filter(source.seen, kept)
        .annotate(source=Value(number))
        .order_by("-at", "-pk")
        .values_list("source", "pk", "at")[:MOST]
        for number, source in enumerate(sources)
    ]
    keys: dict[int, list[int]] = {}
    rows = newest[0].union(*newest[1:], all=True).order_by("-at")[:MOST]
    for number, pk, _at in rows:
        keys.setdefault(number, []).append(pk)
    found: list[Changed] = []
    for number, pks in keys.items():
        source = sources[number]
        events = source.events.filter(pk__in=pks).order_by("-at", "-pk")
        found += _grouped(source, events)
    found.sort(key=lambda it: it.at, reverse=True)
    is_cut = sum(map(len, keys.values())) == MOST
    return News(found[:SHOWN], max(len(found) - SHOWN, 0), is_cut)


def _sources(user: Account) -> Iterator[Source]:
    visits = Visit.objects.visible_to(user)
    if user.acts_for_ids():
        visits = visits.own_of(user)
    yield Source(
        gettext_lazy("Visit"),
        VisitEvent.objects.select_related("visit").defer("visit__summary", "changes"),
        Q(visit__in=visits.values("pk")),
        lambda it: (it.visit, it.visit.purpose, it.get_kind_display()),
    )
    letters = Letter.objects.visible_to(user).unsealed()
    yield Source(
        gettext_lazy("Letter"),
        LetterEvent.objects.select_related("letter__place").only(
            "letter", "step", "at", "letter__reference", "letter__place__name"
        ),
        Q(letter__in=letters.values("pk")),
        lambda it: (it.letter, _of_letter(it.letter), it.get_step_display()),
    )
    yield Source(
        pgettext_lazy("on the spot", "Matter"),
        MatterEvent.objects.select_related("matter").only(
            "matter", "step", "at", "matter__reference", "matter__subject"
        ),
        Q(matter__in=Matter.objects.visible_to(user).values("pk")),
        lambda it: (it.matter, it.matter.subject, it.get_step_display()),
    )
    yield Source(
        gettext_lazy("Question"),
        QuestionEvent.objects.select_related("question").defer("record"),
        Q(question__in=Question.objects.visible_to(user).values("pk")),
        lambda it: (it.question, it.question.text, it.get_step_display()),
    )
    yield Source(
        gettext_lazy("Investigation"),
        InvestigationEvent.objects.select_related("investigation").defer("record"),
        Q(investigation__in=Investigation.objects.near_to(user).values("pk")),
        lambda it: (it.investigation, it.investigation.topic, it.get_step_display()),
    )
    yield Source(
        gettext_lazy("Problem"),
        ProblemEvent.objects.select_related("problem").defer("record"),
        Q(problem__in=Problem.objects.visible_to(user).values("pk")),
        lambda it: (it.problem, it.problem.text, it.get_step_display()),
    )
    yield Source(
        gettext_lazy("Session"),
        SessionEvent.objects.select_related("session").defer("record"),
        Q(
            session__in=ReceptionSession.objects.visible_to(user).values("pk"),
            step__in=OF_SESSIONS,
        ),
        lambda it: (it.session, _of_session(it.session), it.get_step_display()),
    )


def _of_letter(letter: Letter) -> str:
    """Its number and place: the page of the letter says what it is about."""
    return f"{letter.printed_reference} · {letter.place.name}"


def _of_session(session: ReceptionSession) -> str:
    day = date_format(session.on, "DATE_FORMAT")
    return _("%(day)s, %(venue)s") % {"day": day, "venue": session.venue}


def _grouped(source: Source, events: Iterable[Any]) -> list[Changed]:
    found: dict[int, Changed] = {}
    for event in events:
        record, title, step = source.about(event)
        row = found.get(record.pk)
        if row is None:
            url = record.get_absolute_url()
            row = found[record.pk] = Changed(source.what, title, url, event.at)
        if step not in row.steps and len(row.steps) < STEPS:
            row.steps.append(step)
    return list(found.values())
