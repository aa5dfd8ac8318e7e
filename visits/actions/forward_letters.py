"""Several letters to one unit: each for itself, so that one refusal stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from cadres.models import Account, Unit
from visits.actions.move_letter import move_letter
from visits.models import Letter
from visits.rules.letter_states import Step


@dataclass(frozen=True)
class Forwarded:
    """What became of one letter; `why` says why it did not go, if it did not."""

    letter: Letter
    why: str = ""


def forward_letters(
    letters: Sequence[tuple[Letter, int]],
    *,
    by: Account,
    to_unit: Unit,
    reasons: str,
    now: datetime,
) -> list[Forwarded]:
    """Forward each in a transaction of its own; beside each stands its version."""
    results = []
    for letter, version in letters:
        try:
            moved = move_letter(
                letter,
                by=by,
                step=Step.FORWARD,
                record={"to_unit": to_unit, "reasons": reasons},
                version=version,
                now=now,
            )
        except ValidationError as refusal:
            results.append(Forwarded(letter, refusal.messages[0]))
        else:
            results.append(Forwarded(moved))
    return results
