"""A petitioner asks to see, correct or delete what is kept about them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.notify import tell_of_data_request
from visits.actions.refusals import refuse
from visits.models import Access, DataRequest, Letter


@transaction.atomic
def ask_about_data(
    letter: Letter, *, kind: str, asker: str, text: str, now: datetime
) -> DataRequest:
    """Keep the request (PIPL Arts. 44–50), and tell the petition office that it waits.

    Raises:
        Refusal: code `nothing` when it does not say what to correct or delete.
        ValidationError: code `open` while the same is asked already.
    """
    if kind != DataRequest.Kind.SEE and not text.strip():
        refuse(_("Say what is to be corrected or deleted."), code="nothing")
    Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    request = DataRequest(letter=letter, kind=kind, asker=asker, at=now)
    request.write(text.strip())
    request.full_clean(exclude=["sealed_text"])
    request.save()
    tell_of_data_request(request)
    return request


@transaction.atomic
def open_data_request(
    request: DataRequest, *, by: Account, reason: str, now: datetime
) -> str:
    """Write down the look, then return the words.

    Raises:
        Refusal: code `no_reason`, `not_yours`, `masked`.
    """
    if not reason.strip():
        refuse(_("Say why you look."), code="no_reason")
    request = _mine(request, by)
    letter = request.letter
    if request.sealed_text is None:
        refuse(_("Masked: only the archive copy says who wrote."), code="masked")
    Access.objects.create(
        letter=letter,
        by=by,
        unit=by.unit,
        kind=Access.Kind.SEALED if letter.is_sealed else Access.Kind.IDENTITY,
        reason=reason.strip(),
        at=now,
    )
    return request.read()


@transaction.atomic
def answer_data_request(
    request: DataRequest, *, by: Account, outcome: str, reasons: str, now: datetime
) -> DataRequest:
    """Answer it with reasons (PIPL Art. 50); the petitioner reads them on their page.

    Raises:
        Refusal: code `not_yours`; `answered` when someone else was faster.
        ValidationError: keyed by field.
    """
    request = _mine(request, by)
    if request.outcome:
        refuse(_("This is answered already."), code="answered")
    request.outcome, request.reasons = outcome, reasons.strip()
    request.answered_by, request.answered_at = by, now
    request.full_clean(exclude=["sealed_text"])
    request.save()
    return request


def _mine(request: DataRequest, by: Account) -> DataRequest:
    """The request, locked and as it stands, if it is still this person's business."""
    rows = DataRequest.objects.select_for_update(of=("self",)).select_related("letter")
    if not DataRequest.objects.visible_to(by).filter(pk=request.pk).exists():
        refuse(_("This request is not in your hands."), code="not_yours")
    return rows.get(pk=request.pk)
