"""The files of a letter as a person may know them.

Every file inherits the seal of its letter. What may show who wrote (that is: every
file, unless whoever added it says it does not) is opened like an identity: by reason,
for a quarter of an hour, each opening on record. If the petitioner wants the name kept
secret, the handling unit opens only what shows no name. Who has just added a file may
look whether it came out right.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Access, Attachment, Letter
from visits.models.petitioner import OPEN_FOR
from visits.reports.identity import may_know_identity
from visits.reports.letter_steps import actors, may_read_sealed
from visits.rules.file_kinds import BY_TYPE
from visits.rules.letter_states import Actor, LetterState


@dataclass(frozen=True)
class FileRow:
    key: UUID
    name: str  # "" for those who may not open it: it may name people
    number: int
    label: str | Promise
    size: int
    state: str
    state_label: str
    added_at: datetime
    is_picture: bool
    is_open: bool
    shows_identity: bool


@dataclass(frozen=True)
class FileList:
    rows: list[FileRow]
    needs_reason: bool  # some are opened by reason
    may_add: bool


def may_add(
    letter: Letter, user: Account, *, now: datetime, parts: set[Actor] | None = None
) -> bool:
    """Whoever may act on the letter; its clerk, while it is being registered."""
    if letter.state == LetterState.ARCHIVED:
        return False
    return (
        bool(actors(letter, user) if parts is None else parts)
        or is_registering(letter, user)
        or has_just_sealed(letter, user, now=now)
    )


def is_registering(letter: Letter, user: Account) -> bool:
    return (
        letter.state == LetterState.REGISTERED
        and letter.registered_by_id == user.pk
        and Letter.objects.visible_to(user).filter(pk=letter.pk).exists()
    )


def has_just_sealed(letter: Letter, user: Account, *, now: datetime) -> bool:
    """Its clerk sees it no more, and still has the paper in hand.

    At version 1 nobody has taken a step yet: it was sealed from the first keystroke.
    """
    return (
        letter.is_sealed
        and letter.version == 1
        and letter.registered_by_id == user.pk
        and letter.registered_at > now - OPEN_FOR
    )


def looks(letter: Letter, user: Account, *, now: datetime) -> set[str]:
    """Which kinds of looks of this person still hold; none once it is handed on."""
    if letter.is_sealed and not may_read_sealed(letter, user):
        return set()
    kinds = [Access.Kind.IDENTITY, Access.Kind.SEALED]
    rows = Access.objects.filter(
        letter=letter, by=user, kind__in=kinds, at__gt=now - OPEN_FOR
    )
    held = set(rows.values_list("kind", flat=True))
    # It ends with the step for which it was opened.
    if Access.Kind.IDENTITY in held and not may_know_identity(
        letter, actors(letter, user)
    ):
        held.discard(Access.Kind.IDENTITY)
    return held


def is_open(
    file: Attachment, letter: Letter, user: Account, *, held: set[str], now: datetime
) -> bool:
    """Whether this person may read it now, who is known to see the letter."""
    if file.state not in Attachment.READABLE:
        return False
    if letter.is_sealed and Access.Kind.SEALED not in held:
        return False
    own = file.added_by_id == user.pk and file.added_at > now - OPEN_FOR
    return own or not file.shows_identity or Access.Kind.IDENTITY in held


def file_list(
    letter: Letter, user: Account, *, now: datetime, parts: set[Actor] | None = None
) -> FileList:
    held = looks(letter, user, now=now)
    parts = actors(letter, user) if parts is None else parts
    rows = []
    needs_reason = letter.is_sealed and Access.Kind.SEALED not in held
    for number, file in enumerate(letter.attachments.order_by("pk"), start=1):
        kind = BY_TYPE.get(file.content_type)
        opened = is_open(file, letter, user, held=held, now=now)
        rows.append(
            FileRow(
                key=file.key,
                name=file.name() if opened else "",
                number=number,
                label=kind.label if kind else _("File"),
                size=file.size,
                state=file.state,
                state_label=file.get_state_display(),
                added_at=file.added_at,
                is_picture=bool(kind and kind.is_picture),
                is_open=opened,
                shows_identity=file.shows_identity,
            )
        )
        if file.shows_identity and not opened and may_know_identity(letter, parts):
            needs_reason = needs_reason or file.state in Attachment.READABLE
    return FileList(rows, needs_reason, may_add(letter, user, now=now, parts=parts))
