"""Where else a visit would fit: the free windows nearest to the wanted one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

OPENS, CLOSES = time(8, 0), time(18, 0)
STEP = timedelta(minutes=30)
HORIZON = 21  # days to either side


@dataclass(frozen=True)
class Window:
    """A span of time; the end does not belong to it. Aware, local."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Window") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def free_windows(
    wanted: Window,
    busy: Sequence[Window],
    *,
    not_before: datetime,
    is_workday: Callable[[date], bool],
    count: int = 3,
) -> list[Window]:
    """The `count` free windows of the wanted length that lie nearest to it.

    On working days between OPENS and CLOSES, at full and half hours; what is longer
    than an office day keeps its time of day. Nothing before `not_before`.
    """
    length = wanted.ends_at - wanted.starts_at
    day_length = datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)
    zone = wanted.starts_at.tzinfo
    found: list[Window] = []
    for offset in range(-HORIZON, HORIZON + 1):
        day = wanted.starts_at.date() + timedelta(days=offset)
        if not is_workday(day):
            continue
        if length > day_length:
            starts = [datetime.combine(day, wanted.starts_at.time(), zone)]
        else:
            first = datetime.combine(day, OPENS, zone)
            steps = (day_length - length) // STEP
            starts = [first + STEP * n for n in range(steps + 1)]
            same_time = datetime.combine(day, wanted.starts_at.time(), zone)
            if same_time not in starts:
                starts.append(same_time)
        for start in starts:
            window = Window(start, start + length)
            if start >= not_before and not any(window.meets(other) for other in busy):
                found.append(window)

    def distance(window: Window) -> tuple[timedelta, datetime]:
        return abs(window.starts_at - wanted.starts_at), window.starts_at

    chosen: list[Window] = []
    for window in sorted(found, key=distance):
        # Three times five minutes apart are one offer, not three.
        if not any(window.meets(other) for other in chosen):
            chosen.append(window)
        if len(chosen) == count:
            break
    return sorted(chosen, key=lambda window: window.starts_at)
