"""Telling people of legal limits that are near or past."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from cadres.models import Setting
from visits.models import Notice
from visits.reports.letter_duty import Duty, duties, running_clocks
from visits.rules.letter_states import Clock
from visits.rules.warnings import UPWARD, Stage, key_above, key_of, stage_of

BATCH = 1000  # clocks at a time


def warn_of_limits(*, now: datetime) -> None:
    """Put a notice before everyone whose clock has reached a new stage.

    The owner is told at each stage, whoever watches or stands above from the day
    itself on; nobody of a letter that they may not see now: a superior who may not is
    told of the unit alone, once for all its letters of a day. Run as often as one
    likes: each notice is written once.
    """
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    clocks = running_clocks(by=on + timedelta(days=furthest))
    for start in range(0, len(clocks), BATCH):
        Notice.objects.bulk_create(
            [
                notice
                for duty in duties(clocks[start : start + BATCH], on=on)
                if (notice := _notice(duty, on, now, settings))
            ],
            ignore_conflicts=True,
        )


def _notice(
    duty: Duty, on: date, now: datetime, settings: dict[str, int]
) -> Notice | None:
    clock = duty.clock
    left = (clock.safe_on - on).days
    stage = stage_of(left, settings)
    if stage is None or not (duty.is_own or stage in UPWARD):
        return None
    is_right = clock.clock == Clock.OBJECT  # who lets it pass is not late
    if is_right and (stage == Stage.LATE or not duty.is_own):
        return None
    if duty.sees:
        key = key_of(clock.letter, clock.clock, clock.started_on, stage)
    else:
        key = key_above(clock.organ, clock.clock, clock.safe_on, stage)
    return Notice(
        account_id=duty.account,
        kind=Notice.Kind.LATE if stage == Stage.LATE else Notice.Kind.NEAR_LIMIT,
        key=key,
        letter_id=clock.letter if duty.sees else None,
        unit_id=None if duty.sees else clock.organ,
        days=max(left, -32_000),
        at=now,
    )
