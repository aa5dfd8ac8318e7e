"""A large export goes to the queue, which makes it when its turn comes."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from cadres.models import Account
from visits.actions.export_report import check_approver
from visits.models import ExportJob

MOST_AT_ONCE = 3  # exports of one person that are not made yet


@transaction.atomic
def ask_for_export(
    *,
    by: Account,
    now: datetime,
    purpose: str,
    approver: Account,
    format: str,  # noqa: A002
    language: str,
    query: str,
    about: Any,
    total: int,
) -> ExportJob:
    """Put it into the queue, once: asked again before it is made, it is the same job.

    `query` asks the report again, `about` says of what it is, in every language, and
    `total` how many rows are expected.

    Raises:
        ValidationError: code `no_approver` or `too_many_at_once`.
    """
    check_approver(approver, by=by)
    # Of two clicks at once the second one finds the first one's job.
    Account.objects.select_for_update(no_key=True).get(pk=by.pk)
    waiting = ExportJob.objects.filter(by=by).in_work()
    if known := waiting.filter(query=query, format=format).first():
        return known
    if waiting.count() >= MOST_AT_ONCE:
        raise ValidationError(
            _("%(most)s of your exports are not made yet. Wait until one is ready."),
            code="too_many_at_once",
            params={"most": MOST_AT_ONCE},
        )
    job = ExportJob(
        by=by,
        approver=approver,
        purpose=purpose.strip(),
        format=format,
        language=language,
        query=query,
        about=about,
        asked_at=now,
        total=total,
    )
    job.full_clean()
    job.save()
    _queue(job)
    return job


@transaction.atomic
def try_export_again(job: ExportJob, *, now: datetime) -> ExportJob:
    """Put one that failed into the queue again; for any other nothing changes.

    Raises:
        ValidationError: the same report is on its way already.
    """
    job = ExportJob.objects.select_for_update().get(pk=job.pk)
    if job.state == ExportJob.State.FAILED:
        job.state, job.failure = ExportJob.State.WAITING, ""
        job.asked_at, job.done = now, 0
        job.full_clean()
        job.save(update_fields=["state", "failure", "asked_at", "done"])
        _queue(job)
    return job


def _queue(job: ExportJob) -> None:
    """A job of the same transaction: it is there if and only if the row is."""
    app.configure_task("visits.tasks.make").defer(job=job.pk)
