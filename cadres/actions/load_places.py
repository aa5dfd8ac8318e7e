"""Load a list of places, the shipped one or an office's own (domain handbook 2.3)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction

from cadres.actions import stage_places
from cadres.actions.stage_places import Change
from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry
from cadres.rules.place_lines import (
    BadLine,
    Fault,
    PlaceLine,
    read_line,
    stands_twice,
)


@dataclass(frozen=True)
class RefusedLine:
    """A line that is not loaded; the header is line 1."""

    line: int
    code: str
    fault: Fault


@dataclass
class LoadReport:
    """What a load did, or would do.

    `changes` names the first of the changed places, `changed` counts them all.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    is_loaded: bool = False


class NotAPlaceList(Exception):
    """The file has no header with `code` and `name`."""


@transaction.atomic
def load_places(
    lines: Iterable[str],
    *,
    on: date,
    preview: bool = False,
    keep_going: bool = False,
) -> LoadReport:
    """Add and change places as the CSV lines say; `cadres/data/README.md` has the form.

    A line without `valid_from` speaks of the place that has its code on the day `on`,
    or of a new one from that day. Columns that the list lacks stay as they are. With
    a line refused nothing is loaded, unless `keep_going`; in a `preview` never.

    Raises:
        NotAPlaceList: see there.
    """
    report = LoadReport()
    reader = csv.DictReader(lines)
    columns = set(reader.fieldnames or ())
    if not {"code", "name"} <= columns:
        raise NotAPlaceList
    with connection.cursor() as cursor:
        stage_places.make_tables(cursor)
        stage_places.copy_in(cursor, _readable(reader, report))
        stage_places.match(cursor, on=on, columns=columns)
        stage_places.refuse_overlaps(cursor)
        stage_places.place_in_tree(cursor)
        stage_places.find_heirs(cursor)
        stage_places.refuse_orphans(cursor)
        report.added, report.changed, report.unchanged = stage_places.count(cursor)
        report.changes = stage_places.changes(cursor)
        stage_places.write(cursor)
        stage_places.write_successions(cursor)
        # The first page after it is planned by what the table holds now.
        cursor.execute("ANALYZE cadres_district")
        report.refused += [
            RefusedLine(line, code, Fault(fault))
            for line, code, fault in stage_places.refused(cursor)
        ]
    report.refused.sort(key=lambda refused: refused.line)
    report.is_loaded = not preview and (keep_going or not report.refused)
    if not report.is_loaded:
        transaction.set_rollback(True)
    elif report.added or report.changed:
        write_audit(
            AuditEntry.Kind.COMMAND,
            "load_places",
            added=report.added,
            changed=report.changed,
        )
    return report


def _readable(
    reader: "csv.DictReader[str]", report: LoadReport
) -> Iterator[tuple[int, PlaceLine]]:
    for row in reader:
        code = (row["code"] or "").strip()
        if stands_twice(code):
            continue
        try:
            yield reader.line_num, read_line(row)
        except BadLine as bad:
            report.refused.append(RefusedLine(reader.line_num, code[:20], bad.fault))
