"""How long the queue works on a large file: made as there, logged and kept nowhere."""

import statistics
import time
from dataclasses import dataclass

from django.utils import timezone

from cadres.models import Account, District
from cadres.rules.levels import Level
from cadres.rules.roles import Role
from visits.actions.export_report import make_report
from visits.bench.pages import World
from visits.models import Export, Letter
from visits.reports.letter_worklists import Worklist
from visits.reports.list_asked import ListAsked, size_of
from visits.reports.one_moment import one_moment
from visits.rules.list_pages import ListPage
from visits.rules.report_kinds import ExportFormat

ROWS = 10_000
TIMES = 3


@dataclass(frozen=True)
class FileMade:
    rows: int
    seconds: float  # in the middle of `TIMES`
    size: int  # bytes


def measure_xlsx(world: World) -> FileMade | None:
    """A list of letters of at most ROWS, and as near to it as some place has."""
    officer = world.someone(Role.PETITION_OFFICER)
    asked = _list_of(officer) if officer else None
    if officer is None or asked is None:
        world.left_out.append("xlsx of a list")
        return None
    took, rows, size = [], 0, 0
    for _number in range(TIMES):
        export = Export(
            by=officer, approver=officer, unit=officer.unit, at=timezone.now(),
            purpose="bench", format=ExportFormat.XLSX,
        )  # fmt: skip
        begun = time.perf_counter()
        with one_moment():
            made = make_report(asked, export)
        took.append(time.perf_counter() - begun)
        rows, size = made.paper.count, len(made.data)
    return FileMade(rows, statistics.median(took), size)


def _list_of(officer: Account) -> ListAsked | None:
    letters = Letter.objects.visible_to(officer).unsealed()
    some = letters.select_related(*(level.column for level in Level)).first()
    if some is None:
        return None
    places = [getattr(some, level.column) for level in Level]
    for place in [None, *filter(None, places)]:
        asked = _of(officer, place)
        if size_of(asked, now=timezone.now(), most=ROWS) <= ROWS:
            return asked
    return None


def _of(officer: Account, place: District | None) -> ListAsked:
    typed = {"work": Worklist.ALL, "state": "all", "place": place}
    return ListAsked(ListPage.LETTERS, officer, typed, "", [])
