"""When the owner of a legal clock is told that its end is near, and when others are."""

from collections.abc import Mapping
from datetime import date

from django.db.models import TextChoices

from visits.rules.clocks import CLOCKS


class Stage(TextChoices):
    """Each is told once; from `RED` on the superior is told as well."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    LATE = "late"


UPWARD = (Stage.RED, Stage.LATE)


def stage_of(left: int, settings: Mapping[str, int]) -> Stage | None:
    """The stage of a clock with `left` days to its safe day; None: nothing to say."""
    if left < 0:
        return Stage.LATE
    for stage in (Stage.RED, Stage.YELLOW, Stage.BLUE):
        if left <= settings[f"warn.{stage}"]:
            return stage
    return None


def key_of(letter: int, clock: str, started_on: date, stage: Stage) -> str:
    """What a notice is about: clocks are written anew, so their rows name nothing."""
    return f"limit:{letter}:{clock}:{started_on}:{stage}"


def key_above(unit: int, clock: str, safe_on: date, stage: Stage) -> str:
    """What a superior hears of a unit: no letter is named."""
    return f"above:{unit}:{clock}:{safe_on}:{stage}"


def clock_in(key: str) -> str:
    """The clock that such a key names, or that of a date that moved; else nothing."""
    parts = key.split(":")
    kinds = ("limit", "moved", "above")
    return parts[2] if parts[0] in kinds and len(parts) > 2 else ""


def owner_of(clock: str) -> str:
    """office, unit, reviewer or any; a petitioner's own window has no owner here."""
    return CLOCKS[clock].owner  # type: ignore[index]
