"""What changed since someone was last here, from the records' own histories.

Of records they may see now, by others than themselves, and by steps alone: no text of
a letter stands in it, and of a sealed one nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import Account
from cadres.models.condition import NOTHING, keys_of
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
from visits.reports.seen import is_own, is_seen, is_seen_matter, is_seen_question
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


class Told(NamedTuple):
    """An event as all kinds of records tell it; `more` belongs to the title."""

    source: int
    pk: int
    at: datetime
    record: int
    reference: str
    title: str
    more: str
    step: str


@dataclass(frozen=True)
class Source:
    """A kind of record: its page, its `events`, which of them this person may see (by
    the keys of `records`), and in which columns it says what it is called."""

    what: str | Promise
    url: str
    events: QuerySet[Any]
    record: str
    records: QuerySet[Any]
    title: str
    more: Any = ""
    step: str = "step"
    named: Callable[[Told], str] = attrgetter("title")

    def told(self, number: int, kept: Q) -> QuerySet[Any, Any] | None:
        """Its newest events; None if they may see none of its records."""
        keys = keys_of(self.records)
        if keys.sql == NOTHING:
            return None
        rows: QuerySet[Any, Any] = (
            self.events.filter(kept, **{f"{self.record}__in": keys})
            .annotate(source=Value(number), more=self.more or Value(""))
            .order_by("-at", "-pk")
            .values_list(
                *("source", "pk", "at", f"{self.record}_id"),
                *(f"{self.record}__reference", f"{self.record}__{self.title}"),
                *("more", self.step),
            )[:MOST]
        )
        return rows

    @property
    def steps(self) -> dict[str, Any]:
        return dict(self.events.model._meta.get_field(self.step).flatchoices)


def changed_since(user: Account, since: datetime, *, now: datetime) -> News:
    """Newest first; one query reads the events of all kinds, however much changed."""
    since = max(since, now - BACK)
    sources = list(_sources(user))
    kept = Q(at__gt=since, at__lte=now) & ~Q(by=user)
    newest = [
        rows
        for number, source in enumerate(sources)
        if (rows := source.told(number, kept)) is not None
    ]
    if not newest:
        return News([], 0, False)
    events = newest[0].union(*newest[1:], all=True)
    told = [Told(*row) for row in events.order_by("-at", "source", "-pk")[:MOST]]
    found = _grouped(told, sources)
    return News(found[:SHOWN], max(len(found) - SHOWN, 0), len(told) == MOST)


def _sources(user: Account) -> Iterator[Source]:
    whose = is_own(user) if user.acts_for_ids() else is_seen(user)
    yield Source(
        gettext_lazy("Visit"),
        "visits:visit_detail",
        VisitEvent.objects.all(),
        "visit",
        Visit.objects.filter(whose),
        "purpose",
        step="kind",
    )
    yield Source(
        gettext_lazy("Letter"),
        "visits:letter_detail",
        LetterEvent.objects.all(),
        "letter",
        Letter.objects.visible_to(user).unsealed(),
        "reference",
        F("letter__place__name"),
        named=_of_letter,
    )
    yield Source(
        pgettext_lazy("on the spot", "Matter"),
        "visits:matter_detail",
        MatterEvent.objects.all(),
        "matter",
        Matter.objects.filter(is_seen_matter(user)),
        "subject",
    )
    yield Source(
        gettext_lazy("Question"),
        "visits:question_detail",
        QuestionEvent.objects.all(),
        "question",
        Question.objects.filter(is_seen_question(user)),
        "text",
    )
    yield Source(
        gettext_lazy("Investigation"),
        "visits:investigation_detail",
        InvestigationEvent.objects.all(),
        "investigation",
        Investigation.objects.near_to(user),
        "topic",
    )
    yield Source(
        gettext_lazy("Problem"),
        "visits:problem_detail",
        ProblemEvent.objects.all(),
        "problem",
        Problem.objects.visible_to(user),
        "text",
    )
    yield Source(
        gettext_lazy("Session"),
        "visits:session_detail",
        SessionEvent.objects.filter(step__in=OF_SESSIONS),
        "session",
        ReceptionSession.objects.visible_to(user),
        "venue",
        Cast("session__on", CharField()),
        named=_of_session,
    )


def _of_letter(event: Told) -> str:
    """Its number and place: the page of the letter says what it is about."""
    return f"{Letter(reference=event.reference).printed_reference} · {event.more}"


def _of_session(event: Told) -> str:
    day = date_format(date.fromisoformat(event.more), "DATE_FORMAT")
    return _("%(day)s, %(venue)s") % {"day": day, "venue": event.title}


def _grouped(events: Iterable[Told], sources: Sequence[Source]) -> list[Changed]:
    """The records by their newest event."""
    found: dict[tuple[int, int], Changed] = {}
    steps = [source.steps for source in sources]
    for event in events:
        source = sources[event.source]
        row = found.get((event.source, event.record))
        if row is None:
            url = reverse(source.url, args=[event.reference])
            row = Changed(source.what, source.named(event), url, event.at)
            found[event.source, event.record] = row
        step = str(steps[event.source].get(event.step, event.step))
        if step not in row.steps and len(row.steps) < STEPS:
            row.steps.append(step)
    return list(found.values())
