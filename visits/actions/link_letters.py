"""Two letters are the same matter: said by a person, with a reason (handbook 7.5)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Letter, LetterLink
from visits.reports.letter_steps import actors
from visits.rules.letter_states import Actor

MAY = {Actor.OFFICE, Actor.UNIT, Actor.HEAD}


@transaction.atomic
def link_letters(
    letter: Letter, *, by: Account, other: Letter, kind: str, reason: str, now: datetime
) -> LetterLink:
    """Link `letter` to an earlier one; both must be in this person's sight.

    Raises:
        Refusal: code `not_yours`.
        ValidationError: linked already, to itself, or no reason.
    """
    # In one order, so that two who link the same two never wait for each other.
    list(
        Letter.objects.select_for_update(of=("self",))
        .filter(pk__in=[letter.pk, other.pk])
        .order_by("pk")
    )
    if not actors(letter, by) & MAY or not actors(other, by):
        refuse(_("This step is not yours."), code="not_yours")
    link = LetterLink(
        letter=letter, other=other, kind=kind, reason=reason, by=by, at=now
    )
    link.full_clean()
    link.save()
    return link


@transaction.atomic
def undo_link(link: LetterLink, *, by: Account, now: datetime) -> LetterLink:
    """Take a link back; that it stood, and who took it back, stays."""
    link = LetterLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not actors(link.letter, by) & MAY:
        refuse(_("This step is not yours."), code="not_yours")
    if link.undone_at:
        refuse(_("This link is undone already."), code="decided")
    link.undone_by, link.undone_at = by, now
    link.save(update_fields=["undone_by", "undone_at"])
    return link
