"""Telling people of legal limits that are near or past."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from cadres.models import Setting
from visits.actions.notify import tell_of_deadline
from visits.actions.write_notices import write_notices
from visits.models import LeaderHold, Letter, Notice
from visits.reports.letter_duty import (
    Duty,
    duties,
    ended_windows,
    running_clocks,
    unproven_deliveries,
)
from visits.rules.clocks import INTERNAL
from visits.rules.letter_states import Clock
from visits.rules.warnings import UPWARD, Stage, key_above, key_of, stage_of

BATCH = 1000  # clocks at a time
LOOK_BACK = 30  # days; what is older has been told


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
        write_notices(
            [
                notice
                for duty in duties(clocks[start : start + BATCH], on=on)
                if (notice := _notice(duty, on, now, settings))
            ]
        )


def remind_of_ends(*, now: datetime) -> None:
    """Tell who works on answered letters what is left to do before they can close.

    The delivery that is not proven some days after the answer; and the petitioner's
    window that is over. Each once.
    """
    on = timezone.localdate(now)
    settings, kind = Setting.objects.as_dict(), Notice.Kind
    waited = on - timedelta(days=settings["warn.blue"])
    since = timedelta(days=LOOK_BACK)
    found = [
        (kind.UNPROVEN, unproven_deliveries(first=waited - since, last=waited)),
        (kind.TO_CLOSE, ended_windows(on=on, since=on - since)),
    ]
    for what, clocks in found:
        for start in range(0, len(clocks), BATCH):
            write_notices(
                [
                    Notice(
                        account_id=it.account,
                        kind=what,
                        key=f"{what}:{it.clock.letter}:{it.clock.clock}",
                        letter_id=it.clock.letter,
                        at=now,
                    )
                    for it in duties(clocks[start : start + BATCH], on=on)
                    if it.is_own
                ]
            )


def warn_of_holds(*, now: datetime) -> None:
    """Tell leaders, and the office from the day itself on, of their deadlines."""
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    holds = LeaderHold.objects.filter(
        ended_on__isnull=True,
        due_on__lte=on + timedelta(days=furthest),
        letter__in=Letter.objects.open(),
    ).select_related("letter__office__place", "leader")
    for hold in holds.order_by("pk"):
        left = (hold.due_on - on).days
        stage = stage_of(left, settings)
        if stage is None:
            continue
        is_late = stage == Stage.LATE
        tell_of_deadline(
            hold,
            Notice.Kind.HOLD_LATE if is_late else Notice.Kind.HOLD_NEAR,
            key=f"{hold.pk}:{hold.due_on}:{stage}",
            days=max(left, -32_000),
            upward=stage in UPWARD,
        )


def _kind(clock: str, stage: Stage) -> Notice.Kind:
    kind, is_late = Notice.Kind, stage == Stage.LATE
    if clock in INTERNAL:
        return kind.TARGET_LATE if is_late else kind.TARGET_NEAR
    return kind.LATE if is_late else kind.NEAR_LIMIT


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
        kind=_kind(clock.clock, stage),
        key=key,
        letter_id=clock.letter if duty.sees else None,
        unit_id=None if duty.sees else clock.organ,
        days=max(left, -32_000),
        at=now,
    )
