"""One letter as its page shows it to one person: never more than they may see.

Sealed ones have a page of their own (`visits.reports.sealed_letters`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Q, When
from django.utils import timezone

from cadres.models import Account
from visits.models import (
    Access,
    LeaderHold,
    Letter,
    LetterDraft,
    LetterEvent,
    LetterLink,
    Petitioner,
    Visit,
)
from visits.reports.identity import is_kept_secret, may_know_identity
from visits.reports.letter_clocks import LetterClocks, letter_clocks
from visits.reports.letter_correction import corrects_as, people_before
from visits.reports.letter_steps import Offer, actors, offers_for
from visits.reports.recusal_hints import should_check_recusal
from visits.reports.recusals import RecusalRow, rows_of
from visits.rules.letter_records import Delivery, in_words
from visits.rules.letter_states import Actor, Category, Step
from visits.rules.next_step import expected_step

LOOKS = 20  # shown; the access log has the rest


@dataclass(frozen=True)
class Happened:
    """A row of the history; `words` is what was recorded, as label and value."""

    event: LetterEvent
    words: Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class People:
    """Who wrote, masked; in clear only to whom has opened it a moment ago."""

    rows: Sequence[dict[str, str]] = ()
    is_open: bool = False
    may_open: bool = False
    is_kept_secret: bool = False  # from this person
    before: Sequence[str] = ()  # who stood there until it was corrected
    is_elsewhere: bool = False  # the step that needs it is not this person's now
    has_child: bool = False
    masked_in: str = ""  # once it is masked: where the archives have it


@dataclass(frozen=True)
class Draft:
    draft: LetterDraft
    words: Sequence[tuple[Any, Any]]
    may_decide: bool


@dataclass
class LetterPage:
    letter: Letter
    parts: set[Actor]
    clocks: LetterClocks
    people: People
    history: Sequence[Happened]
    expected: Offer | None = None
    others: Sequence[Offer] = ()
    drafts: Sequence[Draft] = ()
    links: Sequence[LetterLink] = ()
    holds: Sequence[LeaderHold] = ()
    recusals: Sequence[RecusalRow] = ()
    check_recusal: bool = False  # of the handler; equal names, no more
    looks: Sequence[Access] = ()
    visit: Visit | None = None
    may: dict[str, bool] = field(default_factory=dict)


def letter_page(letter: Letter, user: Account, *, now: datetime) -> LetterPage:
    """Everything on the page, in a fixed number of queries."""
    today = timezone.localdate(now)
    parts = actors(letter, user)
    page = LetterPage(
        letter=letter,
        parts=parts,
        clocks=letter_clocks(letter, on=today),
        people=_people(letter, user, parts),
        history=_history(letter),
    )
    _steps(page, today)
    page.drafts = _drafts(letter, user, parts)
    page.links = _links(letter, user)
    page.holds = list(
        letter.holds.select_related("leader", "extended_by").order_by("-pk")
    )
    for hold in page.holds:
        hold.is_late = hold.ended_on is None and hold.due_on < today  # type: ignore[attr-defined]
    if letter.handler and parts & {Actor.OFFICE, Actor.HEAD, Actor.UNIT}:
        names = may_know_identity(letter, parts)
        page.check_recusal = should_check_recusal(letter, letter.handler, names=names)
    asks = bool(parts & {Actor.OFFICE, Actor.HEAD, Actor.REVIEWER})
    if asks:
        page.recusals = rows_of(letter, user)
    looks = Access.objects.visible_to(user).filter(letter=letter)
    page.looks = list(looks.select_related("by", "unit").order_by("-pk")[:LOOKS])
    if letter.stop:
        seen = Visit.objects.visible_to(user)
        page.visit = seen.filter(pk=letter.stop.visit_id).first()
    page.may = {
        "correct": corrects_as(letter, user, parts) is not None,
        "link": bool(parts & {Actor.OFFICE, Actor.UNIT, Actor.HEAD}),
        "hold": Actor.OFFICE in parts and user.has_perm("visits.name_holder"),
        "ask_recusal": asks,
    }
    return page


def _people(letter: Letter, user: Account, parts: set[Actor]) -> People:
    if not parts:
        return People()
    if is_kept_secret(letter, parts):
        return People(is_kept_secret=True)
    rows = list(letter.petitioners.order_by("position"))
    if letter.masked_at:
        masked = [row.masked() for row in rows]
        return People(masked, masked_in=_archived_as(letter))
    has_child = any(row.kind == Petitioner.Kind.CHILD for row in rows)
    if not may_know_identity(letter, parts):
        masked = [row.masked() for row in rows]
        return People(masked, is_elsewhere=True, has_child=has_child)
    may_open = user.has_perm("visits.open_identity")
    if may_open and Access.objects.opens(letter, user).exists():
        shown = [row.read() for row in rows]
        before = people_before(letter)
        return People(shown, is_open=True, before=before, has_child=has_child)
    masked = [row.masked() for row in rows]
    return People(masked, may_open=may_open, has_child=has_child)


def _archived_as(letter: Letter) -> str:
    said = letter.events.filter(step=Step.MASK_IDENTITY).order_by("pk").last()
    return said.record.get("archive_receipt", "") if said else ""


def _history(letter: Letter) -> list[Happened]:
    people = letter.events.select_related("by", "drafted_by", "handler")
    events = people.select_related("unit", "to_unit")
    return [Happened(it, in_words(it.record)) for it in events.order_by("pk")]


def _steps(page: LetterPage, today: Any) -> None:
    letter = page.letter
    offers = offers_for(letter, page.parts)
    waiting = set(
        letter.drafts.filter(state=LetterDraft.State.PENDING).values_list(
            "step", flat=True
        )
    )
    offers = [it for it in offers if not (it.is_draft and it.step in waiting)]
    wanted = expected_step(
        letter.state,
        [it.step for it in offers],
        category=letter.category,
        window=_window(page, today),
    )
    if waiting and Actor.HEAD in page.parts:
        wanted = None  # the draft that waits is what is expected
    page.expected = next((it for it in offers if it.step == wanted), None)
    page.others = [it for it in offers if it is not page.expected]


def _window(page: LetterPage, today: Any) -> str:
    if page.letter.category == Category.SUGGESTION:
        return "none"
    own = [it.clock for it in page.clocks.lines if it.clock.is_petitioners]
    reviewed = any(it.event.step == Step.REVIEW for it in page.history)
    wanted = "C11" if reviewed else "C9"
    clock = next((it for it in reversed(own) if it.clock == wanted), None)
    if clock is None:
        return "waived" if _is_waived(page.history) else "unproven"
    return "open" if clock.legal >= today else "over"


def _is_waived(history: Sequence[Happened]) -> bool:
    """Whether the last word on the delivery is that there can be none (Art. 23)."""
    said = [it.event.record.get("delivered_how") for it in history]
    return next((how for how in reversed(said) if how), "") == Delivery.WAIVED


def _drafts(letter: Letter, user: Account, parts: set[Actor]) -> list[Draft]:
    """What waits, for all in the unit; what was sent back, for who drafted it."""
    if not parts & {Actor.UNIT, Actor.HEAD}:
        return []
    returned = Q(state=LetterDraft.State.RETURNED, drafted_by=user)
    rows = letter.drafts.filter(Q(state=LetterDraft.State.PENDING) | returned)
    rows = rows.select_related("drafted_by", "decided_by").order_by("-pk")
    taken = set(letter.events.values_list("step", flat=True))
    return [
        Draft(
            row,
            in_words(row.record),
            Actor.HEAD in parts and row.state == LetterDraft.State.PENDING,
        )
        for row in rows
        if row.state == LetterDraft.State.PENDING or row.step not in taken
    ]


def _links(letter: Letter, user: Account) -> list[LetterLink]:
    """Links that stand, to letters which this person may see as well."""
    far = Case(When(letter=letter, then=F("other")), default=F("letter"))
    rows = LetterLink.objects.filter(
        Q(letter=letter) | Q(other=letter), undone_at__isnull=True
    )
    seen = rows.alias(far=far).filter(
        far__in=Letter.objects.visible_to(user).values("pk")
    )
    shown = seen.select_related("letter", "other", "by").only(
        "kind",
        "reason",
        "letter__reference",
        "other__reference",
        "by__name",
        "by__username",
    )
    return list(shown.order_by("pk"))
