"""Handing the open letters of a dissolved unit to its successor (Art. 24)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from visits.actions.notify import tell_left_behind, tell_successor
from visits.models import Letter, LetterEvent
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.letter_states import Actor, Step

PARTS = ("office", "unit", "review_unit")


@transaction.atomic
def hand_on_letters(unit: Unit, *, by: Account, now: datetime) -> int:
    """The successor takes over what is open; its people are told. Returns how many.

    What names the successor stays, and its petition office is told: a letter never
    goes to whom it complains about.

    Raises:
        ValidationError: keyed `dissolved_into`, code `kind`, when only one of the two
            is a petition office: their clocks differ.
    """
    successor = _last(unit)
    if (unit.kind == Unit.Kind.PETITION) != (successor.kind == Unit.Kind.PETITION):
        text = _("A petition office is taken over by a petition office alone.")
        raise ValidationError({"dissolved_into": ValidationError(text, code="kind")})
    mine = Q(office=unit) | Q(unit=unit) | Q(review_unit=unit)
    letters = Letter.objects.open().filter(mine).select_for_update(of=("self",))
    moved: list[Letter] = []
    for letter in letters.order_by("pk"):
        if is_or_belongs_to_named(letter, successor):
            tell_left_behind(letter, unit, by)
            continue
        _hand_on(letter, unit, successor, by, now)
        moved.append(letter)
    if moved:
        is_sealed = any(letter.is_sealed for letter in moved)
        tell_successor(unit, successor, by, is_sealed=is_sealed)
    return len(moved)


def _last(unit: Unit) -> Unit:
    """Who has the matters now: a successor may be dissolved, too."""
    while unit.dissolved_into:
        unit = unit.dissolved_into
    return unit


def _hand_on(
    letter: Letter, unit: Unit, successor: Unit, by: Account, now: datetime
) -> None:
    if letter.unit_id == unit.pk:
        letter.handler = None
    for part in PARTS:
        if getattr(letter, f"{part}_id") == unit.pk:
            setattr(letter, part, successor)
    letter.version += 1
    letter.save(update_fields=[*PARTS, "handler", "version"])
    LetterEvent.objects.create(
        letter=letter,
        step=Step.HAND_ON,
        from_state=letter.state,
        to_state=letter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        acted_as=Actor.ADMIN,
        unit=unit,
        to_unit=successor,
    )
