"""The queue's part of a large export: made once, kept for a day, then removed.

A job may run twice, and be killed anywhere. The file is whole before the row knows its
key, and the row, the log of exports and the notice are one transaction: whoever comes
second finds it done. A file that no row knows is swept away like any other.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import Http404
from django.utils import translation

from visits.actions.export_report import (
    Exportable,
    Exported,
    check_approver,
    log_export,
    make_report,
)
from visits.actions.write_notices import write_notices
from visits.models import Export, ExportJob, Notice, file_store
from visits.models.export_job import KEPT
from visits.reports.one_moment import one_moment

State, Failure = ExportJob.State, ExportJob.Failure
Ask = Callable[[ExportJob], Exportable]
log = logging.getLogger(__name__)


def make_export(pk: int, *, now: datetime, ask: Ask) -> None:
    """Make the file of a job that is waiting, or was left half done.

    `ask` puts its question anew, with what its owner may see now.
    """
    people = ("by__unit__place", "by__cadre", "approver")
    job = ExportJob.objects.select_related(*people).get(pk=pk)
    started = ExportJob.objects.filter(pk=pk).in_work()
    if not started.update(state=State.MAKING, done=0):
        return
    with translation.override(job.language):
        try:
            _keep(job, _made(job, now=now, ask=ask), now=now)
        except ValidationError as refusal:
            code = getattr(refusal, "code", "")
            _fail(job, code if code in Failure.values else Failure.ERROR)
        except (PermissionDenied, Http404):
            _fail(job, Failure.NOT_ALLOWED)
        except Exception:
            log.exception("export job %s failed", pk)
            _fail(job, Failure.ERROR)


def _made(job: ExportJob, *, now: datetime, ask: Ask) -> Exported:
    if not job.by.is_active:
        raise PermissionDenied
    export = Export(
        by=job.by,
        approver=job.approver,
        unit=job.by.unit,
        at=now,
        purpose=job.purpose,
        format=job.format,
    )

    with _telling(job) as tell, one_moment():
        asked = ask(job)
        check_approver(job.approver, by=job.by)
        return make_report(asked, export, tell=tell)


@contextmanager
def _telling(job: ExportJob) -> Iterator[Callable[[int], None]]:
    """How far it is, by a connection of its own: others see it while this one reads."""
    beside = connection.copy()

    def tell(rows: int) -> None:
        table = ExportJob._meta.db_table
        with beside.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET done = %s WHERE id = %s",  # noqa: S608
                [rows, job.pk],
            )

    try:
        yield tell
    finally:
        beside.close()


def _keep(job: ExportJob, made: Exported, *, now: datetime) -> None:
    key = uuid4()
    file_store.put(key, made.data)
    if not _enter(job, made, key=key, now=now):
        file_store.drop(key)


@transaction.atomic
def _enter(job: ExportJob, made: Exported, *, key: UUID, now: datetime) -> bool:
    """Whether this is the file that counts: of two, the first one to arrive."""
    locked = ExportJob.objects.select_for_update().filter(pk=job.pk).in_work()
    row = locked.first()
    if row is None:
        return False
    log_export(made)
    seen = made.paper.seen
    row.export, row.key, row.state = made.export, key, State.READY
    row.done = row.total = made.export.rows
    row.kept_until = now + KEPT
    row.seen = {it.name: sorted(getattr(seen, it.name)) for it in fields(seen)}
    row.full_clean()
    row.save()
    _tell(row, Notice.Kind.EXPORT_READY)
    return True


@transaction.atomic
def _fail(job: ExportJob, failure: str) -> None:
    rows = ExportJob.objects.filter(pk=job.pk).in_work()
    if rows.update(state=State.FAILED, failure=failure):
        _tell(job, Notice.Kind.EXPORT_FAILED)


def _tell(job: ExportJob, kind: Notice.Kind) -> None:
    key = f"{kind}:{job.pk}:{job.asked_at:%Y%m%d%H%M%S}"
    write_notices([Notice(account=job.by, kind=kind, key=key)])


def expire_exports(*, now: datetime) -> int:
    """Remove files that were kept for a day, and give up what hangs; say how many went.

    The row forgets the key first: a kill in between leaves a file without a row.
    """
    for job in ExportJob.objects.stuck(now=now):
        _fail(job, Failure.GAVE_UP)
    gone = 0
    for job in ExportJob.objects.over(now=now).order_by("pk"):
        row = ExportJob.objects.filter(pk=job.pk, state=State.READY)
        gone += row.update(state=State.EXPIRED, key=None, seen={})
        if job.key:
            file_store.drop(job.key)
    return gone
