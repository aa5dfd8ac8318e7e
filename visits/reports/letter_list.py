"""The caseload as a list: figures above, and each letter with its legal clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import Account
from visits.models import Letter, LetterClock
from visits.models.letter import LetterQuerySet
from visits.reports.capped import capped_counts, in_figures
from visits.reports.letter_search import Snippet, snippet
from visits.reports.letter_worklists import (
    WHATEVER_STATE,
    Worklist,
    letters_of,
    waiting_letters,
    worklist_in,
)
from visits.rules.clocks import INTERNAL
from visits.rules.letter_states import Clock

SOON = 3  # days, of the second figure


class Order(TextChoices):
    LIMIT = "limit", gettext_lazy("Legal limit first")
    NEWEST = "newest", gettext_lazy("Newest first")


@dataclass(frozen=True)
class Figure:
    caption: str
    value: str
    line: str
    query: str  # of the list that shows its rows
    kind: str


def figures(user: Account, *, on: date) -> list[Figure]:
    """Late, due soon, in hand, waiting for me: capped, in one query."""
    letters = Letter.objects.visible_to(user)
    counts = capped_counts(
        late=letters.open().filter(due_on__lt=on),
        soon=letters.open().filter(due_on__range=(on, on + timedelta(days=SOON))),
        open=letters.open(),
        waiting=waiting_letters(user, on=on),
    )
    found = [
        (_("Late"), "late", _("past their safe day"), "due=late", "late"),
        (
            _("Due within 3 days"),
            "soon",
            _("by the safe day"),
            f"due={SOON}",
            "soon",
        ),
        (_("In hand"), "open", _("not closed yet"), "work=all", ""),
        (_("Waiting for me"), "waiting", _("a step of mine"), "work=waiting", ""),
    ]
    return [
        Figure(
            caption,
            in_figures(counts[name]),
            line,
            query if "work" in query else f"work=all&{query}",
            kind if counts[name] else "",
        )
        for caption, name, line, query, kind in found
    ]


@dataclass(frozen=True)
class LetterRow:
    """A letter in the list; `filled` is how much of its clock has passed, of 100."""

    letter: Letter
    words: str
    clock: str
    tone: str
    filled: int
    snippet: Snippet | None = None
    held_until: date | None = None


def with_clocks(
    letters: Sequence[Letter],
    *,
    on: date,
    settings: Mapping[str, int],
    wanted: str = "",
    holds: Mapping[int, date] | None = None,
) -> list[LetterRow]:
    """Each letter with the clock that ends first; one query for all.

    `holds` are the deadlines of those that a leader holds.
    """
    clocks = LetterClock.objects.running().filter(
        letter__in=[it.pk for it in letters if it.due_on]
    )
    started: dict[tuple[int, str], date] = {
        (pk, clock): day
        for pk, clock, day in clocks.values_list("letter", "clock", "started_on")
    }
    rows = [
        _row(letter, started.get((letter.pk, letter.due_clock)), on, settings, wanted)
        for letter in letters
    ]
    if not holds:
        return rows
    return [replace(row, held_until=holds.get(row.letter.pk)) for row in rows]


def _row(
    letter: Letter,
    started_on: date | None,
    on: date,
    settings: Mapping[str, int],
    wanted: str,
) -> LetterRow:
    found = snippet(letter.search_text, wanted) if wanted else None
    if letter.due_on is None:
        state = str(letter.get_state_display())
        if letter.outcome:
            state = f"{state} · {letter.get_outcome_display()}"
        tone = "neutral" if letter.is_open else "ok"
        return LetterRow(
            letter, state, "", tone, 100 if not letter.is_open else 0, found
        )
    left = (letter.due_on - on).days
    tone = "ok"
    if left <= settings["warn.yellow"]:
        tone = "late"
    elif left <= settings["warn.blue"]:
        tone = "soon"
    length = passed = 0
    if started_on:
        length, passed = (letter.due_on - started_on).days, (on - started_on).days
    filled = min(max(100 * passed // length, 0), 100) if length > 0 else 100
    words, clock = days_left(left), clock_name(letter)
    return LetterRow(letter, words, clock, tone, filled, found)


def clock_name(letter: Letter) -> str:
    """What ends first of it; empty where nothing does."""
    if letter.due_on is None:
        return ""
    label = str(Clock(letter.due_clock).label)
    if letter.due_clock in INTERNAL:
        return _("%(clock)s (internal target)") % {"clock": label}
    return label


def days_left(left: int) -> str:
    """In the words of the legal clocks' own page."""
    if left > 0:
        return ngettext("%(days)s day left", "%(days)s days left", left) % {
            "days": left
        }
    if left == 0:
        return _("Due today")
    return ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}


def listed(
    user: Account,
    typed: Mapping[str, object],
    *,
    on: date,
    near: int,
    whatever_state: bool = False,
) -> LetterQuerySet:
    """The rows of the list, in no order; `typed` is a cleaned `LetterListForm`."""
    work = worklist_in(user, str(typed.get("work") or ""))
    letters = letters_of(user, work, on=on, near=near)
    if work == Worklist.REGISTERED:
        # No filter by their content: they may know that it goes on, no more.
        return letters
    if (whatever_state or work in WHATEVER_STATE) and not typed.get("state"):
        typed = {**typed, "state": "all"}
    return narrowed(letters, typed, on=on)


def narrowed(
    letters: LetterQuerySet, typed: Mapping[str, object], *, on: date
) -> LetterQuerySet:
    """What the filters of the list leave."""
    plain: Iterable[str] = ("category", "unit", "subject")
    for name in plain:
        if typed.get(name):
            letters = letters.filter(**{name: typed[name]})
    state = typed.get("state") or "open"
    if state == "open":
        letters = letters.open()
    elif state != "all":
        letters = letters.filter(state=state)
    if place := typed.get("place"):
        letters = letters.filter(**{place.subtree_column: place.pk})  # type: ignore[attr-defined]
    due = str(typed.get("due") or "")
    if due == "late":
        letters = letters.filter(due_on__lt=on)
    elif due:
        letters = letters.filter(due_on__range=(on, on + timedelta(days=int(due))))
    return letters
