"""A file from the queue is handed to who asked for it, while its rows are theirs."""

import hashlib
import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from cadres.models.encrypted import WrongKey
from visits.actions.export_report import Exportable
from visits.models import (
    Export,
    ExportJob,
    FiledReport,
    Investigation,
    Letter,
    Matter,
    Problem,
    Question,
    Visit,
    file_store,
)
from visits.reports.list_asked import ListAsked
from visits.reports.report_question import openable_rows

log = logging.getLogger(__name__)


def take_export(
    job: ExportJob, asked: Exportable, *, by: Account, now: datetime
) -> tuple[Export, bytes]:
    """The row of the log and the file; `asked` is the job's question, asked today.

    Raises:
        ValidationError: code `not_there`, `not_yours` or `lost`.
    """
    is_kept = job.kept_until is not None and job.kept_until > now
    if job.state != ExportJob.State.READY or not is_kept:
        raise ValidationError(
            _("This file is not there. Ask for it again."), code="not_there"
        )
    if not _is_all_theirs(job, asked, by):
        raise ValidationError(
            _(
                "A record that this file speaks of is not yours to read any more. Ask "
                "for it again: what you may read will be in it."
            ),
            code="not_yours",
        )
    assert job.key and job.export
    try:
        data = file_store.take(job.key)
        is_whole = hashlib.sha256(data).hexdigest() == job.export.sha256
    except (OSError, WrongKey):
        is_whole = False
    if not is_whole:
        log.error("the file of export job %s is lost", job.pk)
        raise ValidationError(
            _("This file cannot be read any more. Ask for it again."), code="lost"
        )
    return job.export, data


def _is_all_theirs(job: ExportJob, asked: Exportable, by: Account) -> bool:
    """Whether each official, place and record in it is theirs now."""
    if isinstance(asked, FiledReport):
        return True
    visits, matters = job.seen["visits"], job.seen["matters"]
    if isinstance(asked, ListAsked):
        theirs = {
            "letters": Letter.objects.visible_to(by).unsealed(),
            "matters": Matter.objects.visible_to(by),
            "visits": Visit.objects.visible_to(by),
            "questions": Question.objects.visible_to(by),
            "studies": Investigation.objects.visible_to(by),
            "problems": Problem.objects.visible_to(by),
        }
        return all(
            _are_all(rows, job.seen.get(name, [])) for name, rows in theirs.items()
        )
    if not set(job.seen["officials"]) <= {it.pk for it in asked.officials}:
        return False
    parts = asked.place.several if asked.place else ()
    if not set(job.seen.get("places", [])) <= {it.pk for it in parts}:
        return False
    if visits and openable_rows(asked) is None:
        return False
    if Matter.objects.filter(pk__in=matters, letter__is_sealed=True).exists():
        return False
    return _are_all(Visit.objects.visible_to(by), visits)


def _are_all(rows: QuerySet[Any], pks: list[int]) -> bool:
    """Whether all these are among the `rows`; without a query where none are."""
    return not pks or rows.filter(pk__in=pks).count() == len(pks)
