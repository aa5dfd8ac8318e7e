"""One matter as its page shows it to one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cadres.models import Account, Setting
from visits.models import Letter, Matter, MatterEvent, Problem, Visit
from visits.reports.matter_list import MatterClock, clock_of
from visits.reports.matter_steps import actors, may_print_slips, offers_for
from visits.rules.matter_records import in_words
from visits.rules.matter_states import (
    MatterActor,
    MatterMove,
    MatterStep,
    words_needed,
)

# What is expected next, the first that this person may do.
EXPECTED = (
    MatterStep.APPROVE_DELAY,
    MatterStep.ASSIGN,
    MatterStep.STRIKE_OFF,
    MatterStep.HEAR_CALL,
    MatterStep.SAY_DONE,
    MatterStep.HEAR_PAPER,
    MatterStep.LOOK_BACK,
)


@dataclass(frozen=True)
class Happened:
    event: MatterEvent
    words: Sequence[tuple[Any, Any]]


@dataclass
class MatterPage:
    matter: Matter
    parts: set[MatterActor]
    clock: MatterClock
    needed: int
    history: Sequence[Happened]
    expected: MatterMove | None = None
    others: Sequence[MatterMove] = ()
    visit: Visit | None = None
    letter: Letter | None = None
    problem: Problem | None = None
    may_print_slips: bool = False


def matter_page(matter: Matter, user: Account, *, now: datetime) -> MatterPage:
    """Everything on the page, in a fixed number of queries."""
    today = timezone.localdate(now)
    parts = actors(matter, user)
    history = history_of(matter)
    page = MatterPage(
        matter=matter,
        parts=parts,
        clock=clock_of(matter, on=today, settings=Setting.objects.as_dict()),
        needed=words_needed(is_public=matter.is_public),
        history=history,
        may_print_slips=may_print_slips(matter, user, parts),
    )
    offers = offers_for(matter, parts)
    by_step = {it.step: it for it in offers}
    wanted = next((it for it in EXPECTED if it in by_step), None)
    page.expected = by_step[wanted] if wanted else None
    page.others = [it for it in offers if it is not page.expected]
    if matter.stop:
        seen = Visit.objects.visible_to(user)
        page.visit = seen.filter(pk=matter.stop.visit_id).first()
    if matter.letter_id:
        letters = Letter.objects.visible_to(user).unsealed()
        page.letter = letters.filter(pk=matter.letter_id).first()
    if matter.source == Matter.Source.STUDY:
        problems = Problem.objects.visible_to(user)
        page.problem = problems.filter(matter=matter).first()
    return page


def history_of(matter: Matter) -> list[Happened]:
    events = matter.events.select_related("by", "unit").order_by("pk")
    return [Happened(it, in_words(it.record)) for it in events]
