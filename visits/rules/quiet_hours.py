"""When mail may go out: by day, on working days (issue 3)."""

from datetime import datetime, time

from cadres.rules.working_days import WorkingCalendar

FROM, UNTIL = time(8), time(18)  # the office's own time


def may_mail(now: datetime, calendar: WorkingCalendar) -> bool:
    """`now` in the office's time zone; from FROM, included, to UNTIL, excluded."""
    return FROM <= now.time() < UNTIL and calendar.is_workday(now.date())
