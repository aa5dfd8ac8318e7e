"""Whose names are masked next, and what the archives must have before (handbook 14).

A letter about which something is still open is in none of these lists, and nothing
tells why: a report of pressure is nobody's business here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import (
    ArchiveCopy,
    DataRequest,
    LeaderHold,
    Letter,
    LetterLink,
    Matter,
    PressureReport,
)
from visits.models.letter import LetterQuerySet
from visits.reports.letter_worklists import routed_by
from visits.rules.identity_clock import ended_by, masked_on
from visits.rules.letter_states import LetterState


@dataclass(frozen=True)
class ToMask:
    """A letter that is masked on a day, if the archives have it by then."""

    letter: Letter
    on: date
    copy: ArchiveCopy | None  # one that holds the letter as it stands

    @property
    def waits(self) -> bool:
        """For the archives' receipt."""
        copy = self.copy
        return bool(copy and copy.verified_at and not copy.acknowledged_at)

    @property
    def state(self) -> str | Promise:
        if self.copy is None:
            return _("No archive copy yet")
        if self.copy.acknowledged_at:
            return _("With the archives")
        if self.copy.verified_at:
            return _("Proved, without a receipt")
        return _("Made, not proved yet")


def letters_to_mask(letters: LetterQuerySet, *, until: date) -> LetterQuerySet:
    """Those that ended by then, are archived, and have nothing open about them.

    Open is: a letter that someone has linked with it or that was split off, a matter
    that goes on, a leader who holds it, a call that is due, a request
    about data without an answer. What is evidence of pressure stays as it is for good,
    and so does what is sealed: that ends by the rules of the organ that has it.
    """
    own = Q(letter=OuterRef("pk"))
    links = LetterLink.objects.filter(undone_at__isnull=True).filter(
        own & Q(other__in_open_state=True)
        | Q(other=OuterRef("pk"), letter__in_open_state=True)
    )
    split = Letter.objects.open().filter(
        Q(split_from=OuterRef("pk")) | Q(pk=OuterRef("split_from"))
    )
    open_about = (
        links,
        split,
        Matter.objects.open().filter(own),
        Matter.objects.awaiting().filter(own),
        LeaderHold.objects.filter(own, ended_on__isnull=True),
        DataRequest.objects.unanswered().filter(own),
        PressureReport.objects.filter(own),
    )
    return letters.filter(
        *(~Exists(rows) for rows in open_about),
        state=LetterState.ARCHIVED,
        is_sealed=False,
        masked_at__isnull=True,
        withdrawal_by__isnull=True,
        ended_on__lte=until,
    )


def office_letters_to_mask(user: Account, *, until: date) -> LetterQuerySet:
    """Of the petition offices for which this person routes letters."""
    letters = Letter.objects.visible_to(user).filter(routed_by(user))
    return letters_to_mask(letters, until=until)


def masked_next(user: Account, *, on: date, settings: Mapping[str, int]) -> date | None:
    """The day of the first of them, if it comes soon enough to be told of."""
    if not user.has_perm("visits.route_letter"):
        return None
    months = settings["identity.mask_after_months"]
    soon = on + timedelta(days=settings["identity.warn_days"])
    until = ended_by(soon, months=months)
    first = office_letters_to_mask(user, until=until).order_by("ended_on", "pk")
    ended = first.values_list("ended_on", flat=True).first()
    return masked_on(ended, months=months) if ended else None


def with_copies(letters: Sequence[Letter], *, months: int) -> list[ToMask]:
    """Each with its day and its newest copy that still holds, in one query."""
    copies = ArchiveCopy.objects.fresh().filter(letter__in=letters).order_by("pk")
    newest = {copy.letter_id: copy for copy in copies}
    return [
        ToMask(it, masked_on(it.ended_on, months=months), newest.get(it.pk))
        for it in letters
        if it.ended_on
    ]
