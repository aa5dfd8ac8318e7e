"""Which legal dates of open letters move under other rules or another calendar."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from visits.models import ClockRule, Letter, LetterClock, LetterEvent
from visits.reports.clocks_now import Calendars, clocks_now
from visits.rules.clocks import LegalClock
from visits.rules.letter_states import Clock

BATCH = 500
LONGEST_REST = timedelta(days=15)  # no row of rest days is as long


@dataclass(frozen=True)
class ClockMove:
    """The safe day of one running clock, before and after."""

    letter: int
    clock: str
    started_on: date
    before: date
    after: date


@dataclass(frozen=True)
class Moved:
    """How many open letters' dates of one clock move to an earlier or a later day."""

    clock: Clock
    earlier: int
    later: int


def touched_by_rule(rule: ClockRule) -> QuerySet[Letter]:
    """Open letters with a running clock that started under the rule."""
    running = LetterClock.objects.running().filter(
        letter=OuterRef("pk"), clock=rule.clock, started_on__gte=rule.valid_from
    )
    letters = Letter.objects.open().filter(Exists(running))
    area = rule.jurisdiction
    return letters.filter(**{f"{area.subtree_column}_id": area.pk}) if area else letters


def touched_by_day(day: date) -> QuerySet[Letter]:
    """Open letters with a running clock that may hang on this day."""
    running = LetterClock.objects.running().filter(
        letter=OuterRef("pk"), started_on__lte=day, legal_on__gte=day - LONGEST_REST
    )
    return Letter.objects.open().filter(Exists(running))


def batches(letters: QuerySet[Letter], size: int = BATCH) -> Iterator[list[int]]:
    """The keys of the letters, some at a time, in their order."""
    last = 0
    while keys := list(
        letters.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        yield keys
        last = keys[-1]


def moves_of(
    letters: Sequence[Letter], rules: Iterable[ClockRule], calendars: Calendars
) -> list[tuple[Letter, list[ClockMove], bool]]:
    """For each letter its moved dates, and whether anything else differs too.

    Two queries, whatever the number of letters; `place` and `office` come with them.
    """
    rules = list(rules)
    events: dict[int, list[tuple[str, date, Any]]] = defaultdict(list)
    for pk, step, on, record in (
        LetterEvent.objects.filter(letter__in=letters)
        .order_by("pk")
        .values_list("letter", "step", "on", "record")
    ):
        events[pk].append((step, on, record))
    stored: dict[int, list[LetterClock]] = defaultdict(list)
    for row in LetterClock.objects.filter(letter__in=letters).order_by("pk"):
        stored[row.letter_id].append(row)
    found = []
    for letter in letters:
        now = clocks_now(
            letter,
            calendar=calendars.of(letter.place),
            rules=rules,
            events=events[letter.pk],
        )
        before = stored[letter.pk]
        found.append((letter, _moves(letter, before, now), _differ(before, now)))
    return found


def count_moves(
    letters: QuerySet[Letter], rules: Iterable[ClockRule], calendars: Calendars
) -> list[Moved]:
    """By clock, of letters that are not sealed: a figure must not tell of those."""
    earlier: dict[str, int] = defaultdict(int)
    later: dict[str, int] = defaultdict(int)
    rules = list(rules)
    for keys in batches(letters.unsealed()):  # type: ignore[attr-defined]
        rows = Letter.objects.filter(pk__in=keys).select_related("place", "office")
        for _letter, moves, _differs in moves_of(list(rows), rules, calendars):
            for move in moves:
                counts = earlier if move.after < move.before else later
                counts[move.clock] += 1
    return [
        Moved(Clock(clock), earlier[clock], later[clock])
        for clock in Clock.values
        if earlier[clock] or later[clock]
    ]


def _moves(
    letter: Letter, before: Iterable[LetterClock], now: Iterable[LegalClock]
) -> list[ClockMove]:
    old = {(it.clock, it.started_on): it for it in before if it.stopped_on is None}
    return [
        ClockMove(letter.pk, it.clock, it.started_on, known.safe_on, it.safe)
        for it in now
        if it.is_running
        and (known := old.get((it.clock, it.started_on)))
        and known.safe_on != it.safe
    ]


def _differ(before: Iterable[LetterClock], now: Iterable[LegalClock]) -> bool:
    old = [
        (it.clock, it.started_on, it.legal_on, it.safe_on, it.is_provisional)
        for it in before
    ]
    new = [
        (it.clock, it.started_on, it.legal, it.safe, it.is_provisional) for it in now
    ]
    return old != new
