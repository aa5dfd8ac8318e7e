"""Reading the files of a letter: by reason where they are kept apart."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.open_identity import open_identity, open_sealed
from visits.actions.refusals import refuse
from visits.models import Access, Attachment, Letter, file_store
from visits.reports.identity import may_know_identity
from visits.reports.letter_files import is_open, looks
from visits.reports.letter_steps import actors


@transaction.atomic
def open_files(letter: Letter, *, by: Account, reason: str, now: datetime) -> None:
    """Open the files of a letter for a quarter of an hour: the look is written down.

    Raises:
        Refusal: code `no_reason`, `not_yours`, `kept_secret`.
    """
    if letter.is_sealed:
        open_sealed(letter, by=by, reason=reason, now=now)
    may_see = may_know_identity(letter, actors(letter, by))
    if may_see and by.has_perm("visits.open_identity"):
        # What it returns is not shown: the scans show it.
        open_identity(letter, by=by, reason=reason, now=now)
    elif not letter.is_sealed:
        refuse(_("These files are not yours to open."), code="not_yours")


@transaction.atomic
def open_file(
    letter: Letter, *, by: Account, key: UUID, now: datetime
) -> tuple[Attachment, bytes]:
    """The file in clear; if it is sealed or may show who wrote, its look is on record.

    Raises:
        Attachment.DoesNotExist: no such file, not for this person, or not (yet) clean.
        OSError, WrongKey: it is not there, or cannot be opened.
    """
    file = Attachment.objects.get(letter=letter, key=key)
    held = looks(letter, by, now=now)
    if not is_open(file, letter, by, held=held, now=now):
        raise Attachment.DoesNotExist
    if letter.is_sealed or file.shows_identity:
        last = (
            Access.objects.filter(letter=letter, by=by, kind__in=held)
            .order_by("-pk")
            .first()
        )
        Access.objects.create(
            letter=letter,
            by=by,
            unit=by.unit,
            kind=Access.Kind.ATTACHMENT,
            reason=last.reason if last else str(_("Just added by this person")),
            at=now,
        )
    return file, file_store.take(key)
