"""A report that is filed or exported while others write is of one moment."""

import csv
import io
import uuid
from datetime import date
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import CadreFactory, VisitFactory, at
from visits.actions.export_report import export_report
from visits.actions.file_report import file_report
from visits.reports import rollup
from visits.reports.asked import Asked
from visits.reports.filed_report import filed_tables
from visits.reports.report_question import Question
from visits.rules.periods import parse_period


@pytest.mark.django_db(transaction=True)
def test_what_others_write_between_two_reads_is_in_none_of_the_figures(
    js, district_admin, monkeypatch
):
    unit = district_admin.unit

    def visit(day):
        VisitFactory(
            held=True, places=[js.tangzhang], unit=unit,
            officials=[CadreFactory(unit=unit)], starts_at=at(f"2026-03-{day} 09:00"),
        )  # fmt: skip

    def write():
        visit("04")
        connection.close()

    def counted_then_written(*args):
        found = count(*args)
        other = Thread(target=write)
        other.start()
        other.join()
        return found

    visit("03")
    count = rollup.count
    monkeypatch.setattr(rollup, "count", counted_then_written)
    asked = Asked(district_admin, date(2026, 11, 22), parse_period("2026"))
    question = Question(asked, place=js.tongshan)
    now = timezone.now()

    filed = file_report(question, by=district_admin, now=now, client_key=uuid.uuid4())
    made = export_report(
        question, by=district_admin, now=now, purpose="季度例会",
        approver=district_admin, format="csv",
    )  # fmt: skip

    # One visit each time in the figures and in the busiest week, which is read later.
    table = filed_tables(filed)[0]
    cells = next(it.cells for it in table.lines if it.key == "total")
    total = dict(zip((it.name for it in table.columns), cells, strict=True))
    assert (total["visits"], total["busiest_visits"]) == (1, 1)
    rows = list(csv.reader(io.StringIO(made.data.decode("utf-8-sig"))))
    [heads] = [row for row in rows if "最集中的一周" in row]
    [line] = [row for row in rows if row and row[0] == "合计"]
    assert (line[2], line[heads.index("最集中的一周")]) == ("2", "2")
