"""On-the-spot matters as lists: who has what to do, what is late, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cadres.models import Account
from visits.models import Matter
from visits.models.matter import MatterQuerySet
from visits.reports.capped import capped_counts, in_figures
from visits.reports.letter_list import Figure, days_left
from visits.reports.matter_steps import waiting_for
from visits.reports.seen import is_seen_matter
from visits.rules.matter_states import (
    AT_UNIT,
    AWAITING,
    OPEN,
    WITH_WORD,
    MatterState,
)

PROMISES = 8  # shown at once on the start page


class Worklist(TextChoices):
    MINE = "mine", gettext_lazy("Mine to do")
    LATE = "late", gettext_lazy("Late")
    AWAITING = "awaiting", gettext_lazy("Awaiting the people’s word")
    OPEN = "open", pgettext_lazy("matters", "Open")
    CLOSED = "closed", gettext_lazy("With the people’s word")
    ALL = "all", gettext_lazy("All")


BY_LIMIT = (Worklist.MINE, Worklist.LATE, Worklist.OPEN)


def worklist_in(typed: Mapping[str, Any]) -> Worklist:
    return Worklist(typed.get("work") or Worklist.MINE)


def listed(user: Account, typed: Mapping[str, Any], *, on: date) -> MatterQuerySet:
    """The rows of the list, in no order; `typed` is a cleaned `MatterListForm`."""
    return narrowed(matters_of(user, worklist_in(typed), on=on), typed, on=on)


def matters_of(user: Account, worklist: str, *, on: date) -> MatterQuerySet:
    matters = Matter.objects.visible_to(user)
    if worklist == Worklist.MINE:
        return matters.filter(waiting_for(user))
    if worklist == Worklist.LATE:
        return matters.late(on=on)
    if worklist == Worklist.AWAITING:
        return matters.awaiting()
    if worklist == Worklist.OPEN:
        return matters.open()
    if worklist == Worklist.CLOSED:
        return matters.filter(state__in=WITH_WORD)
    return matters


def narrowed(
    matters: MatterQuerySet, typed: Mapping[str, Any], *, on: date
) -> MatterQuerySet:
    """What the filters of the list leave."""
    if state := typed.get("state"):
        matters = matters.filter(state=state)
    if place := typed.get("place"):
        matters = matters.filter(**{place.subtree_column: place.pk})
    if visit := typed.get("visit"):
        matters = matters.filter(stop__visit__reference=visit)
    due = str(typed.get("due") or "")
    if due == "late":
        matters = matters.late(on=on)
    elif due:
        until = on + timedelta(days=int(due))
        matters = matters.open().filter(due_on__range=(on, until))
    return matters


def figures(user: Account, *, on: date) -> list[Figure]:
    """Mine to do, late, awaiting, open: capped, in one query."""
    matters = Matter.objects.visible_to(user)
    counts = capped_counts(
        mine=matters.filter(waiting_for(user)),
        late=matters.late(on=on),
        awaiting=matters.awaiting(),
        open=matters.open(),
    )
    found = [
        (_("Late"), "late", _("past their deadline"), "late"),
        (_("Mine to do"), "mine", _("a step of mine"), "soon"),
        (_("Awaiting the word"), "awaiting", _("said to be done"), ""),
        (pgettext("matters", "Open"), "open", _("not said to be done"), ""),
    ]
    return [
        Figure(
            caption,
            in_figures(counts[name]),
            line,
            f"work={name}",
            kind if counts[name] else "",
        )
        for caption, name, line, kind in found
    ]


@dataclass(frozen=True)
class MatterClock:
    """How near the deadline is: words, tone, and how much has passed of 100."""

    words: str
    tone: str
    filled: int


def is_due_to_look_back(matter: Matter, *, on: date) -> bool:
    return matter.look_back_on is not None and matter.look_back_on <= on


def clock_of(matter: Matter, *, on: date, settings: Mapping[str, int]) -> MatterClock:
    if matter.state in AWAITING:
        return MatterClock(_("awaits the people’s word"), "soon", 100)
    if matter.state == MatterState.STRUCK_OFF and is_due_to_look_back(matter, on=on):
        return MatterClock(_("look-back is due"), "soon", 100)
    if matter.state not in OPEN:
        done = matter.state in WITH_WORD
        tone = "ok" if done else "neutral"
        return MatterClock(str(matter.get_state_display()), tone, 100)
    if matter.due_on is None:
        return MatterClock(_("to be decided"), "soon", 0)
    left = (matter.due_on - on).days
    tone = "ok"
    if left <= settings["warn.yellow"]:
        tone = "late"
    elif left <= settings["warn.blue"]:
        tone = "soon"
    length = (matter.due_on - matter.raised_on).days
    passed = (on - matter.raised_on).days
    filled = min(max(100 * passed // length, 0), 100) if length > 0 else 100
    return MatterClock(days_left(left), tone, filled)


# What a row of the list is made of.
ROW_FIELDS = (
    "reference", "subject", "state", "raised_on", "due_on", "first_due_on",
    "asked_due_on", "look_back_on", "reopened", "lead_unit", "place__path",
    "place__level", "decided_by__name",
)  # fmt: skip


@dataclass(frozen=True)
class MatterRow:
    matter: Matter
    clock: MatterClock


def with_clocks(
    matters: Sequence[Matter], *, on: date, settings: Mapping[str, int]
) -> list[MatterRow]:
    return [MatterRow(it, clock_of(it, on=on, settings=settings)) for it in matters]


def open_promises(user: Account, *, on: date) -> list[Matter]:
    """What the officials one acts for have decided and the people have not confirmed.

    What is only raised waits for a decision, among the tasks. Those due first before
    others, and one more than PROMISES when there are more.
    """
    if not user.acts_for_ids():
        return []
    mine = Matter.objects.filter(
        is_seen_matter(user),
        decided_by__in=user.acts_for_ids(),
        state__in=[*AT_UNIT, *AWAITING],
    )
    rows = mine.for_list().order_by(F("due_on").asc(nulls_last=True), "pk")
    return list(rows[: PROMISES + 1])


@dataclass(frozen=True)
class Meeting:
    """The matters of one visit, with the four counts of the follow-up view."""

    rows: Sequence[MatterRow]
    counts: Sequence[tuple[str, int]]


def meeting(
    matters: MatterQuerySet, *, on: date, settings: Mapping[str, int]
) -> Meeting:
    """Decided, done by the people's word, awaiting it, in progress, late (handbook 8).

    Each is in one of the last four, so they add up to the first.
    """
    rows = list(matters.promised().for_list().order_by("pk"))
    late = [it for it in rows if it.is_at_unit and it.due_on and it.due_on < on]
    counts = [
        (_("Decided"), len(rows)),
        (_("Done, by the people’s word"), sum(it.state in WITH_WORD for it in rows)),
        (_("Said to be done"), sum(it.state in AWAITING for it in rows)),
        (
            _("In progress"),
            sum(it.state in OPEN for it in rows) - len(late),
        ),
        (_("Late"), len(late)),
    ]
    return Meeting(with_clocks(rows, on=on, settings=settings), counts)
