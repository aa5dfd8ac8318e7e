"""The caseload as a list: figures above, and each letter with its legal clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadres.models import Account, District, Unit
from cadres.rules.place_names import short_path
from visits.models import Letter, LetterClock
from visits.models.letter import ContentSubject, LetterQuerySet
from visits.reports.capped import capped_counts, in_figures
from visits.reports.letter_search import Snippet, snippet
from visits.reports.letter_worklists import (
    WHATEVER_STATE,
    Worklist,
    letters_of,
    waits_for,
    worklist_in,
)
from visits.rules.clocks import INTERNAL
from visits.rules.letter_records import Channel
from visits.rules.letter_states import Category, Clock, LetterState

SOON = 3  # days, of the second figure
PRESSING = ("late", "soon")  # tones


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
        waiting=letters.filter(waits_for(user, letters, on=on)),
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
    """A letter in the list, in the words that stand there: a page has fifty.

    `filled` is how much of its clock has passed, of 100; `is_pressing`, whether its
    words are in the colour of its tone. `tick` is what a ticked box sends, empty where
    it cannot be forwarded.
    """

    letter: Letter
    reference: str
    url: str
    title: str
    is_urgent: bool
    where: str
    category: str
    subject: str
    unit: str
    limit: str
    tone: str
    is_pressing: bool
    filled: int
    tick: str
    tick_label: str
    snippet: Snippet | None = None
    held_until: date | None = None


# What a row is made of; the words of a letter are read where they are looked for.
ROW_FIELDS = (
    "reference", "version", "request", "is_sealed", "is_urgent", "channel", "state",
    "category", "outcome", "place", "unit", "subject", "received_on", "due_on",
    "due_clock", "due_is_provisional",
)  # fmt: skip


class _Names:
    """Names of what many rows share, each read and translated once."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        places = District.objects.filter(pk__in={it.place_id for it in letters})
        units = Unit.objects.filter(pk__in={it.unit_id for it in letters})
        subjects = ContentSubject.objects.filter(
            pk__in={it.subject_id for it in letters}
        )
        self.places = {
            pk: short_path(path, level)
            for pk, path, level in places.values_list("pk", "path", "level")
        }
        self.units: dict[int | None, str] = dict(units.values_list("pk", "name"))
        self.subjects: dict[int | None, str] = dict(subjects.values_list("pk", "name"))
        self.states, self.channels, self.categories = (
            {code: str(label) for code, label in it.choices}
            for it in (LetterState, Channel, Category)
        )
        self.not_sorted, self.not_assigned = _("not sorted"), _("not assigned")
        self.sealed, self.tick = _("Sealed letter"), _("Tick %(reference)s")

    def where(self, letter: Letter) -> str:
        """Place, channel and state."""
        channel, state = self.channels[letter.channel], self.states[letter.state]
        return f"{self.places[letter.place_id]} · {channel} · {state}"


def with_clocks(
    letters: Sequence[Letter],
    *,
    on: date,
    settings: Mapping[str, int],
    wanted: str = "",
    holds: Mapping[int, date] | None = None,
) -> list[LetterRow]:
    """Each letter with the clock that ends first; a fixed number of queries.

    `holds` are the deadlines of those that a leader holds.
    """
    clocks = LetterClock.objects.running().filter(
        letter__in=[it.pk for it in letters if it.due_on]
    )
    started: dict[tuple[int, str], date] = {
        (pk, clock): day
        for pk, clock, day in clocks.values_list("letter", "clock", "started_on")
    }
    names, kept = _Names(letters), holds or {}
    rows = []
    for it in letters:
        begun = started.get((it.pk, it.due_clock))
        limit, tone, filled = _limit(it, begun, on, settings)
        may_forward = it.state == LetterState.REGISTERED and not it.is_sealed
        tick = f"{it.reference}:{it.version}" if may_forward else ""
        row = LetterRow(
            letter=it,
            reference=it.printed_reference,
            url=it.get_absolute_url(),
            title=names.sealed if it.is_sealed else it.request,
            is_urgent=it.is_urgent,
            where=names.where(it),
            category=names.categories.get(it.category, names.not_sorted),
            subject=names.subjects.get(it.subject_id, ""),
            unit=names.units.get(it.unit_id, names.not_assigned),
            limit=limit,
            tone=tone,
            is_pressing=tone in PRESSING,
            filled=filled,
            tick=tick,
            tick_label=names.tick % {"reference": it.printed_reference} if tick else "",
            snippet=snippet(it.search_text, wanted) if wanted else None,
            held_until=kept.get(it.pk),
        )
        rows.append(row)
    return rows


def _limit(
    letter: Letter, started_on: date | None, on: date, settings: Mapping[str, int]
) -> tuple[str, str, int]:
    """The clock that ends first, in words; its tone, and how much has passed."""
    if letter.due_on is None:
        state = str(letter.get_state_display())
        if letter.outcome:
            state = f"{state} · {letter.get_outcome_display()}"
        return (state, "neutral", 0) if letter.is_open else (state, "ok", 100)
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
    words = f"{clock_name(letter)} {days_left(left)}"
    if letter.due_is_provisional:
        words = f"{words} · {_('provisional')}"
    return words, tone, filled


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
