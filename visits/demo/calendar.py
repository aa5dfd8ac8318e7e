"""When the demo's visits take place: workdays, office hours, nobody twice at a time."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from visits.rules.half_days import half_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
BACK, AHEAD = 275, 90  # days around today


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


class Diary:
    """The half-days that officials have left."""

    def __init__(
        self, rng: Random, today: date, is_workday: Callable[[date], bool]
    ) -> None:
        self._rng = rng
        self.today = today
        self.is_workday = is_workday
        self._taken: set[tuple[int, int]] = set()

    def take(
        self, officials: Iterable[int], starts_at: datetime, ends_at: datetime
    ) -> bool:
        """Book the half-days of all of them, if all of them are free."""
        span = half_days(starts_at, ends_at)
        halves = [(it, half) for it in officials for half in span]
        if any(half in self._taken for half in halves):
            return False
        self._taken.update(halves)
        return True

    def workday(self, first: int, last: int) -> date:
        """A working day; offsets from today, both included."""
        while True:
            day = self.today + timedelta(days=self._rng.randint(first, last))
            if self.is_workday(day):
                return day

    def next_workday(self, day: date) -> date:
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day
