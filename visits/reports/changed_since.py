"""What changed since someone was last here, from the records' own histories.

Of records they may see now, by others than themselves, and by steps alone: no text of
a letter stands in it, and of a sealed one nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL
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
from visits.models.letter import letters_seen_by
from visits.models.visit import sees_few_visits
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
    """A kind of record: its page, its `events`, the keys of those this person may see,
    and in which column it says what it is called.

    `more` and `only` are SQL, where `it` is the record and `e` the event.
    """

    what: str | Promise
    url: str
    events: type[Model]
    record: str
    seen: RawSQL
    title: str
    more: str = "''"
    only: str = "true"
    step: str = "step"
    named: Callable[[Told], str] = attrgetter("title")

    def told(self, number: int, *, are_few: bool) -> str:
        """A SELECT of its newest events; Django would write it in a millisecond.

        Of few records their keys are read first, then their events; of many the events
        one after the other, and whether their record may be seen.
        """
        # OFFSET: asked for each event, never made for all records.
        seen = "EXISTS (SELECT FROM ({1}) seen (pk) WHERE seen.pk = {0} OFFSET 0)"
        if are_few:
            seen = "{0} = ANY (ARRAY({1}))"
        events: Any = self.events._meta
        field = events.get_field(self.record)
        records, key = field.related_model._meta.db_table, field.column
        return (
            f"(SELECT {number}, e.id, e.at, it.id, it.reference, it.{self.title},"  # noqa: S608
            f" {self.more}, e.{self.step} FROM {events.db_table} e"
            f" JOIN {records} it ON it.id = e.{key}"
            " WHERE e.at > %s AND e.at <= %s AND e.by_id IS DISTINCT FROM %s"
            f" AND {self.only} AND {seen.format(f'e.{key}', self.seen.sql)}"
            f" ORDER BY e.at DESC, e.id DESC LIMIT {MOST})"
        )

    @property
    def steps(self) -> dict[str, Any]:
        return dict(self.events._meta.get_field(self.step).flatchoices)  # type: ignore[union-attr]


def changed_since(user: Account, since: datetime, *, now: datetime) -> News:
    """Newest first; one query reads the events of all kinds, however much changed."""
    since = max(since, now - BACK)
    sources = [source for source in _sources(user) if source.seen.sql != NOTHING]
    if not sources:
        return News([], 0, False)
    few = sees_few_visits(user)
    parts = (it.told(number, are_few=few) for number, it in enumerate(sources))
    told = " UNION ALL ".join(parts)
    values: list[Any] = []
    for source in sources:
        values += [since, now, user.pk, *source.seen.params]
    with connection.cursor() as cursor:
        cursor.execute(f"{told} ORDER BY 3 DESC, 1, 2 DESC LIMIT {MOST}", values)
        events = [Told(*row) for row in cursor.fetchall()]
    found = _grouped(events, sources)
    return News(found[:SHOWN], max(len(found) - SHOWN, 0), len(events) == MOST)


def _sources(user: Account) -> Iterator[Source]:
    whose = is_own(user) if user.acts_for_ids() else is_seen(user)
    yield Source(
        gettext_lazy("Visit"),
        "visits:visit_detail",
        VisitEvent,
        "visit",
        keys_of(Visit.objects.filter(whose)),
        "purpose",
        step="kind",
    )
    yield Source(
        gettext_lazy("Letter"),
        "visits:letter_detail",
        LetterEvent,
        "letter",
        letters_seen_by(user),
        "reference",
        "(SELECT name FROM cadres_district WHERE id = it.place_id)",
        "NOT it.is_sealed",
        named=_of_letter,
    )
    yield Source(
        pgettext_lazy("on the spot", "Matter"),
        "visits:matter_detail",
        MatterEvent,
        "matter",
        keys_of(Matter.objects.filter(is_seen_matter(user))),
        "subject",
    )
    yield Source(
        gettext_lazy("Question"),
        "visits:question_detail",
        QuestionEvent,
        "question",
        keys_of(Question.objects.filter(is_seen_question(user))),
        "text",
    )
    yield Source(
        gettext_lazy("Investigation"),
        "visits:investigation_detail",
        InvestigationEvent,
        "investigation",
        keys_of(Investigation.objects.near_to(user)),
        "topic",
    )
    yield Source(
        gettext_lazy("Problem"),
        "visits:problem_detail",
        ProblemEvent,
        "problem",
        keys_of(Problem.objects.visible_to(user)),
        "text",
    )
    yield Source(
        gettext_lazy("Session"),
        "visits:session_detail",
        SessionEvent,
        "session",
        keys_of(ReceptionSession.objects.visible_to(user)),
        "venue",
        'it."on"::text',
        f"e.step IN {tuple(map(str, OF_SESSIONS))}",
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
