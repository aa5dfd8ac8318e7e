"""One line of the list of what someone must do now."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

SHOWN = 20  # of each kind; the list of visits has the rest
SOON = 14  # days before its limit in which something is shown


@dataclass(frozen=True)
class Task:
    # log, confirm, approve, draft, series, matter, drawn, letter, question, received
    kind: str
    what: str | Promise
    action: str | Promise
    url: str
    when: tuple[datetime, datetime] | None  # of a visit
    title: str | Promise
    # The day that orders the list: when it was over, begins, or is due.
    on: date
    days: int  # from today until then; below 0 it is past

    @property
    def late(self) -> int:
        return -self.days
