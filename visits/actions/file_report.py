"""A report is filed: numbered, dated, and never changed again (handbook 9.3)."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.once import once
from visits.models import (
    FiledReport,
    FiledReportOfficial,
    FiledReportPlace,
    Visit,
)
from visits.reports.filed_report import content_of
from visits.reports.one_moment import one_moment
from visits.reports.report_question import Question, answer
from visits.rules.report_kinds import OF_LETTERS, ReportKind


def file_report(
    question: Question,
    *,
    by: Account,
    now: datetime,
    client_key: uuid.UUID,
    note: str = "",
) -> FiledReport:
    """Keep the question and its figures; sent twice with one `client_key`, it is one.

    All figures are of one moment.

    Raises:
        ValidationError: code `nobody`, when it has no official; keyed by field.
    """
    if question.kind == ReportKind.OFFICIALS and not question.officials:
        text = _("There is no official you may report on in this period.")
        raise ValidationError(text, code="nobody")
    with one_moment():
        content = content_of(answer(question))
        is_of_letters = question.kind in OF_LETTERS
        open_from = None if is_of_letters else _open_from(by, now)
    return _keep(
        question, by=by, now=now, client_key=client_key, note=note,
        content=content, open_from=open_from,
    )  # fmt: skip


@once(FiledReport.objects, "filed_by")
def _keep(
    question: Question,
    *,
    by: Account,
    now: datetime,
    client_key: uuid.UUID,
    note: str,
    content: dict[str, Any],
    open_from: datetime | None,
) -> FiledReport:
    asked = question.asked
    filed = FiledReport(
        kind=question.kind,
        place=question.known_place,
        office=question.office,
        period=asked.period.code,
        action=asked.action,
        boundaries=asked.boundaries,
        as_of=asked.today,
        unvisited_months=asked.unvisited_months,
        reach=_reach(by, question),
        note=note.strip(),
        content=content,
        filed_by=by,
        unit=by.unit,
        filed_at=now,
        open_from=open_from,
        client_key=client_key,
    )
    filed.full_clean()
    filed.save()
    FiledReportOfficial.objects.bulk_create(
        FiledReportOfficial(report=filed, official=official)
        for official in question.officials
    )
    if question.place and question.place.is_together:
        FiledReportPlace.objects.bulk_create(
            FiledReportPlace(report=filed, place=place)
            for place in question.place.several
        )
    return filed


def _reach(by: Account, question: Question) -> list[str]:
    """Where the role holds that asks; nothing for who asks of their own officials."""
    permission = "visits.view_district_report"
    if question.office:
        permission = "visits.route_letter"
    elif question.kind == ReportKind.OFFICIALS:
        permission = "visits.report_on_scope"
    scopes = by.scopes(permission)
    units = dict(
        by.grants.filter(unit__in=[s.unit_id for s in scopes if s.unit_id]).values_list(
            "unit", "unit__name"
        )
    )
    found = [
        scope.place.path if scope.place else units.get(scope.unit_id, "")
        for scope in scopes
    ]
    return sorted({name for name in found if name})


def _open_from(by: Account, now: datetime) -> datetime | None:
    """When nothing in the figures is hidden from others any more, if something is."""
    own = Visit.objects.held().countable_by(by).filter(hidden_until__gt=now)
    latest: datetime | None = own.aggregate(latest=Max("hidden_until"))["latest"]
    return latest
