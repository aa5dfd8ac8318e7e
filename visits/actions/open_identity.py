"""Looking at who wrote: with a reason, and never without a trace."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Access, Letter
from visits.reports.identity import is_kept_secret, may_know_identity
from visits.reports.letter_steps import actors, may_read_sealed


@transaction.atomic
def open_identity(
    letter: Letter, *, by: Account, reason: str, now: datetime
) -> list[dict[str, str]]:
    """Write down the look, then return names, addresses and contacts in clear.

    If the look cannot be written, nothing is shown. Who may know, and when, says
    `may_know_identity`.

    Raises:
        Refusal: code `no_reason`, `not_yours`, `masked`, `kept_secret`, `not_now`.
    """
    if not reason.strip():
        refuse(_("Say why you look."), code="no_reason")
    letter = _locked(letter)
    parts = actors(letter, by)
    if not parts:
        refuse(_("This letter is not in your hands."), code="not_yours")
    if letter.masked_at:
        refuse(_("Masked: only the archive copy says who wrote."), code="masked")
    if is_kept_secret(letter, parts):
        refuse(
            _("The petitioner wants the name kept secret from the handling unit."),
            code="kept_secret",
        )
    if not may_know_identity(letter, parts):
        refuse(
            _("The present step is not yours; who has it in hand may open the name."),
            code="not_now",
        )
    Access.objects.create(
        letter=letter,
        by=by,
        unit=by.unit,
        kind=Access.Kind.IDENTITY,
        reason=reason.strip(),
        at=now,
    )
    return [row.read() for row in letter.petitioners.order_by("position")]


@transaction.atomic
def open_sealed(
    letter: Letter, *, by: Account, reason: str, now: datetime
) -> dict[str, str]:
    """Write down the look, then return a sealed letter's words; each reading is one.

    Its keepers read it, and whom they have named for it; once it is handed on, the
    office that had it still knows of it, and reads it no more.

    Raises:
        Refusal: code `no_reason`, `not_yours`.
    """
    if not reason.strip():
        refuse(_("Say why you look."), code="no_reason")
    letter = _locked(letter)
    if not letter.is_sealed or not may_read_sealed(letter, by):
        refuse(_("This letter is not in your hands."), code="not_yours")
    Access.objects.create(
        letter=letter,
        by=by,
        unit=by.unit,
        kind=Access.Kind.SEALED,
        reason=reason.strip(),
        at=now,
    )
    return letter.read_sealed_text()


def _locked(letter: Letter) -> Letter:
    """As it stands now: who was named or stepped back a moment ago is shut out."""
    return Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
