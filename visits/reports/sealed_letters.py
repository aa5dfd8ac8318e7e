"""Sealed letters: the worklist, and what one page shows once a reason is on record."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cadres.models import Account
from cadres.models.encrypted import read_sealed
from visits.models import Letter, LetterEvent, NamedParty, SealTransfer
from visits.rules.letter_records import in_words


def sealed_letters(user: Account) -> QuerySet[Letter]:
    waiting = SealTransfer.objects.filter(
        letter=OuterRef("pk"), confirmed_at__isnull=True, refused_at__isnull=True
    )
    return (
        Letter.objects.visible_to(user)
        .filter(is_sealed=True)
        .select_related("place", "office", "unit")
        .annotate(waits=Exists(waiting))
    )


@dataclass(frozen=True)
class SealedEvent:
    event: LetterEvent
    record: list[tuple[Any, Any]]


@dataclass(frozen=True)
class Opened:
    """What is shown after a look is written: once, in this answer alone."""

    text: dict[str, str]
    people: list[dict[str, str]]
    history: list[SealedEvent]
    reasons: str
    beside: str  # what stood beside it before it was sealed
    named: list[NamedParty]


def opened(
    letter: Letter, *, text: dict[str, str], people: list[dict[str, str]]
) -> Opened:
    history = []
    events = letter.events.select_related("by", "to_unit").order_by("pk")
    for event in events:
        record = dict(event.record)
        if event.sealed_record:
            record |= read_sealed(
                event.sealed_record, purpose="letter", seal_id=letter.seal_id
            )
        history.append(SealedEvent(event, in_words(record)))
    named = letter.named.in_force().select_related(
        "official__unit", "unit", "removal_asked_by"
    )
    beside = text.get("beside", "")
    return Opened(text, people, history, _reasons(letter), beside, list(named))


def _reasons(letter: Letter) -> str:
    """Why the waiting transfer is proposed; empty without one."""
    transfer = letter.transfers.filter(
        confirmed_at__isnull=True, refused_at__isnull=True
    ).first()
    if transfer is None:
        return ""
    texts = read_sealed(
        transfer.sealed_reasons, purpose="transfer", seal_id=letter.seal_id
    )
    return texts["reasons"]
