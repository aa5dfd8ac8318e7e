"""Letting a job that failed run once more."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from visits.actions.refusals import refuse


@transaction.atomic
def retry_job(job: int, *, now: datetime) -> None:
    """Every task may run twice, so nothing is done doubly by it.

    Raises:
        Refusal: code `not_failed`, when someone was faster; `waiting`.
    """
    failed = ProcrastinateJob.objects.select_for_update().filter(status="failed")
    if not failed.filter(pk=job).exists():
        refuse(_("This job is not among the failed ones any more."), code="not_failed")
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job, retry_at=now)
    except UniqueViolation:
        refuse(
            _("The next job of this kind waits already, and does the same."),
            code="waiting",
        )
