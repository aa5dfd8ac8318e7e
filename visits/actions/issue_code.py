"""A receipt is made, with the masked name and a code that is shown once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Access, Letter
from visits.models.receipt import hash_of, new_code


@transaction.atomic
def issue_code(letter: Letter, *, by: Account, reason: str, now: datetime) -> str:
    """A new code for the petitioner; whoever has the old one learns nothing more.

    Whoever makes it could use it: why it was made is kept, the petitioner's own page
    tells of it, and for a while nothing is rated with it (`letter_progress`).

    Raises:
        Refusal: code `no_reason`.
    """
    if not reason.strip():
        refuse(_("Say why a new code is made."), code="no_reason")
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    code = new_code()
    letter.code_hash = hash_of(letter.reference, code)
    letter.save(update_fields=["code_hash"])
    _write_down(letter, Access.Kind.NEW_CODE, by=by, reason=reason.strip(), now=now)
    return code


@transaction.atomic
def names_for_receipt(letter: Letter, *, by: Account, now: datetime) -> list[str]:
    """The masked names on the paper; that it was made is written down first."""
    reason = _("Receipt for the petitioner")
    _write_down(letter, Access.Kind.PRINTED, by=by, reason=reason, now=now)
    rows = letter.petitioners.order_by("position")
    return [name for row in rows if (name := row.masked()["name"])]


def _write_down(
    letter: Letter, kind: str, *, by: Account, reason: str, now: datetime
) -> None:
    Access.objects.create(
        letter=letter,
        by=by,
        unit=by.unit,
        kind=kind,
        reason=reason,
        at=now,
    )
