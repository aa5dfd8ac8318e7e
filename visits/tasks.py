"""What the queue does by itself. Jobs carry no names and no texts: ids at most.

Schedules are kept in UTC by the queue, so each task asks the office's own clock what
there is to do; all of them may run twice or late without harm.
"""

from contextlib import suppress
from datetime import date, timedelta

from django.utils import timezone
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from cadres.actions.anchor_audit import anchor_audit
from cadres.actions.forget_sign_ins import forget_sign_ins
from visits.actions.clear_bookings import clear_bookings
from visits.actions.draw_sample import draw_monthly
from visits.actions.export_report import Exportable
from visits.actions.fold_rollup import fold_rollup
from visits.actions.make_export import expire_exports, make_export
from visits.actions.mask_identity import mask_identities
from visits.actions.recount_clocks import recount_clocks
from visits.actions.scan_attachment import NoAnswer, scan_attachment, scan_waiting
from visits.actions.send_digests import send_digests
from visits.actions.sweep_files import sweep_files
from visits.actions.warn_of_limits import (
    remind_of_ends,
    warn_of_holds,
    warn_of_limits,
)
from visits.actions.warn_of_matters import warn_of_matters
from visits.actions.warn_of_problems import warn_of_problems
from visits.actions.warn_of_questions import warn_of_questions
from visits.forms.report import asked_again
from visits.models import ClockRule, ExportJob, LookupTry, PolicyReport
from visits.reports.clock_moves import touched_by_day, touched_by_rule

KEEP_HOURS = 24 * 14  # finished jobs
POLICY_REPORTS = timedelta(days=30)  # since the last of its kind


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="warn_of_limits", lock="warn_of_limits")
def warn(timestamp: int) -> None:
    now = timezone.now()
    warn_of_limits(now=now)
    remind_of_ends(now=now)
    warn_of_holds(now=now)
    warn_of_matters(now=now)
    warn_of_questions(now=now)
    warn_of_problems(now=now)


@app.periodic(cron="40 19 1 * *")
@app.task(queueing_lock="draw_samples", lock="draw_samples")
def draw_samples(timestamp: int) -> None:
    """On the morning of the second, by the office's clock: last month's samples."""
    draw_monthly(now=timezone.now())


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="clear_bookings")
def forget(timestamp: int) -> None:
    """Who had booked a place at a session that is over; sign-ins and tries that are."""
    now = timezone.now()
    clear_bookings(now=now)
    forget_sign_ins(now=now)
    LookupTry.forget(before=now - LookupTry.LONGEST)
    PolicyReport.objects.filter(last_on__lt=now.date() - POLICY_REPORTS).delete()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fold", lock="fold")
def fold(timestamp: int) -> None:
    """What reports keep; exact without it, quick with it."""
    fold_rollup()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="send_digests", lock="send_digests")
def mail(timestamp: int) -> None:
    send_digests(now=timezone.now())


@app.task(lock="recount")
def recount_rule(rule: int) -> None:
    entered = ClockRule.objects.select_related("jurisdiction").get(pk=rule)
    recount_clocks(now=timezone.now(), letters=touched_by_rule(entered))


@app.task(lock="recount")
def recount_day(day: str) -> None:
    letters = touched_by_day(date.fromisoformat(day))
    recount_clocks(now=timezone.now(), letters=letters)


# Behind all others that are due: it may wait for the scanner.
@app.task(priority=-1)
def scan(attachment: int) -> None:
    # Without an answer, `scan_what_waits` tries again.
    with suppress(NoAnswer):
        scan_attachment(attachment)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="scan_waiting", lock="scan_waiting", priority=-1)
def scan_what_waits(timestamp: int) -> None:
    """Those that the scanner gave no answer for, or that came before there was one."""
    scan_waiting()


@app.task(priority=-1)
def make(job: int) -> None:
    """A large export."""
    now = timezone.now()

    def ask(row: ExportJob) -> Exportable:
        return asked_again(row.query, user=row.by, today=timezone.localdate(now))

    make_export(job, now=now, ask=ask)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="expire_exports", lock="expire_exports")
def expire(timestamp: int) -> None:
    """Files of exports after their day."""
    expire_exports(now=timezone.now())


@app.periodic(cron="10 16 * * *")
@app.task(queueing_lock="anchor_audit", lock="anchor_audit")
def anchor(timestamp: int) -> None:
    """Just after midnight, by the office's clock: what was written is pinned down."""
    anchor_audit()


@app.periodic(cron="20 19 * * *")
@app.task(queueing_lock="mask_identities", lock="mask_identities")
def mask(timestamp: int) -> None:
    """In the small hours, by the office's clock: who wrote what ended long ago."""
    mask_identities(now=timezone.now())


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="sweep_files")
def sweep(timestamp: int) -> None:
    sweep_files(now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Take up again what a killed worker left half done."""
    await take_up(context.app.job_manager)


async def take_up(manager: JobManager, *, silent: float = 30) -> None:
    """Put the jobs of workers that have been `silent` for so many seconds back.

    Where the next of its kind waits already, that one does the work: it cannot begin
    while the interrupted one holds their lock, so that one ends here.
    """
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=False)


@app.periodic(cron="30 18 * * *")
@app.task(queueing_lock="remove_old", pass_context=True)
async def remove_old(context: JobContext, timestamp: int) -> None:
    await builtin_tasks.remove_old_jobs(
        context, max_hours=KEEP_HOURS, remove_failed=True, remove_aborted=True
    )
