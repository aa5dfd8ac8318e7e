"""How the installation is doing: for the status page, `/readyz` and `/metrics`.

Counts here never include sealed letters: to everyone else they do not exist.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import disk_usage

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from cadres.models import CalendarDay
from visits.models import Digest, Letter, LetterClock, Upkeep
from visits.rules.job_names import job_name

# The oldest job that could run waits no longer, or the worker is not well.
QUEUE_LATE = timedelta(minutes=15)
WORKER_ALIVE = timedelta(minutes=1)
SHOWN_FAILED = 50
LEAST_DISK = 10  # per cent that should stay free,
ENOUGH_DISK = 20 * 1024**3  # unless it is so many bytes: a large disk has room before
BACKUP_OLD, DRILL_OLD = timedelta(hours=26), timedelta(days=31)


@dataclass(frozen=True)
class Disk:
    total: int
    free: int

    @property
    def percent(self) -> int:
        return 100 * self.free // self.total if self.total else 0

    @property
    def at_least(self) -> int:
        """In steps of ten: a page is not drawn anew for every byte."""
        return self.percent // 10 * 10

    @property
    def is_low(self) -> bool:
        return self.percent < LEAST_DISK and self.free < ENOUGH_DISK


@dataclass(frozen=True)
class Jobs:
    waiting: int
    failed: int
    oldest: datetime | None  # since when the first that could run waits
    workers: int  # that were heard of in the last minute

    def is_late(self, *, now: datetime) -> bool:
        return self.oldest is not None and now - self.oldest > QUEUE_LATE


@dataclass(frozen=True)
class Operation:
    now: datetime
    server: str
    size: int  # bytes of the database
    missing: list[str]  # migrations that are not applied
    jobs: Jobs
    disk: Disk
    backup: Upkeep | None  # the last good one
    drill: Upkeep | None
    backup_failed: Upkeep | None  # the last one, if it was no good
    drill_failed: Upkeep | None
    due: int  # letters whose legal limit is today or past
    provisional: int  # letters whose limit rests on a year without a plan
    unsent: int  # mails of the last day that were begun and not sent
    years: list[int]  # of the calendar, that the State Council office has fixed

    @property
    def size_at_most(self) -> int:
        """Rounded up to 100 MB: nobody reads from it what was just written."""
        step = 100 * 2**20
        return -(-self.size // step) * step

    @property
    def is_backup_old(self) -> bool:
        return self.backup is None or self.now - self.backup.at > BACKUP_OLD

    @property
    def is_drill_old(self) -> bool:
        return self.drill is None or self.now - self.drill.at > DRILL_OLD

    @property
    def is_queue_late(self) -> bool:
        return self.jobs.is_late(now=self.now)

    @property
    def faults(self) -> int:
        """How many of the lines of the status page want something done."""
        return sum(
            (
                bool(self.missing),
                self.is_queue_late,
                self.no_worker,
                bool(self.jobs.failed),
                self.disk.is_low,
                self.is_backup_old or bool(self.backup_failed),
                self.is_drill_old or bool(self.drill_failed),
                bool(self.unsent),
                self.lacks_year,
            )
        )

    @property
    def no_worker(self) -> bool:
        return not self.jobs.workers

    @property
    def lacks_year(self) -> bool:
        """This year, or in December the next: its plan comes late in autumn."""
        today = timezone.localdate(self.now)
        wanted = {today.year} | ({today.year + 1} if today.month == 12 else set())
        return not wanted <= set(self.years)

    @property
    def last_year(self) -> str:
        return str(self.years[-1]) if self.years else ""

    def gauges(self) -> dict[str, tuple[str, float | None]]:
        """Name → words and value; None where there is nothing to measure."""

        def age(of: datetime | None) -> float | None:
            return (self.now - of).total_seconds() if of else None

        backup, drill = self.backup, self.drill
        return {
            "database_bytes": ("Size of the database.", self.size),
            "migrations_missing": ("Not applied.", len(self.missing)),
            "jobs_waiting": ("Jobs that could run now.", self.jobs.waiting),
            "jobs_failed": ("Jobs that failed.", self.jobs.failed),
            "jobs_oldest_seconds": (
                "How long the first that could run waits.",
                age(self.jobs.oldest) or 0,
            ),
            "job_workers": ("Workers of the queue.", self.jobs.workers),
            "disk_free_bytes": ("Where files lie.", self.disk.free),
            "disk_total_bytes": ("Where files lie.", self.disk.total),
            "backup_age_seconds": (
                "The last good one.",
                age(backup.at if backup else None),
            ),
            "drill_age_seconds": (
                "The last good one.",
                age(drill.at if drill else None),
            ),
            "mails_unsent": ("Begun and not sent, last day.", self.unsent),
            "letters_due": ("Legal limit today or past, unsealed.", self.due),
            "letters_provisional": (
                "Limit rests on a year without a plan, unsealed.",
                self.provisional,
            ),
        }


def operation(*, now: datetime) -> Operation:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'),"
            " pg_database_size(current_database())"
        )
        server, size = cursor.fetchone()
    backup, drill = Upkeep.Kind.BACKUP, Upkeep.Kind.DRILL
    due, provisional = _clocks(timezone.localdate(now))
    return Operation(
        now=now,
        server=server.split()[0],
        size=size,
        missing=missing_migrations(),
        jobs=jobs_now(now=now),
        disk=disk(),
        backup=Upkeep.objects.newest_good(backup),
        drill=Upkeep.objects.newest_good(drill),
        backup_failed=_failed(Upkeep.objects.newest(backup)),
        drill_failed=_failed(Upkeep.objects.newest(drill)),
        due=due,
        provisional=provisional,
        unsent=Digest.objects.filter(
            sent_at__isnull=True,
            begun_at__range=(now - timedelta(days=1), now - timedelta(minutes=10)),
        ).count(),
        years=sorted(CalendarDay.objects.working_calendar().confirmed_years),
    )


def _failed(run: Upkeep | None) -> Upkeep | None:
    return run if run and not run.is_good else None


def missing_migrations() -> list[str]:
    """Those of this version of the product that the database lacks."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in sorted(_on_disk() - applied.keys())]


@cache
def _on_disk() -> set[tuple[str, str]]:
    """Squashed ones stand for what they replace."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = {key for one in disk.values() for key in one.replaces}
    return set(disk) - replaced


def jobs_now(*, now: datetime) -> Jobs:
    could_run = Q(status="todo") & (
        Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=now)
    )
    counted = ProcrastinateJob.objects.filter(Q(status="failed") | could_run).aggregate(
        waiting=Count("pk", filter=could_run),
        failed=Count("pk", filter=Q(status="failed")),
        deferred=Min(
            "procrastinateevent__at",
            filter=could_run
            & Q(scheduled_at__isnull=True, procrastinateevent__type="deferred"),
        ),
        scheduled=Min("scheduled_at", filter=could_run),
    )
    since = [it for it in (counted["deferred"], counted["scheduled"]) if it]
    return Jobs(
        waiting=counted["waiting"],
        failed=counted["failed"],
        oldest=min(since, default=None),
        workers=ProcrastinateWorker.objects.filter(
            last_heartbeat__gt=now - WORKER_ALIVE
        ).count(),
    )


@dataclass(frozen=True)
class FailedJob:
    pk: int
    name: str | Promise
    at: datetime | None
    attempts: int


def failed_jobs() -> list[FailedJob]:
    """The last ones, newest first; what a job was about stays out of sight."""
    failed = Max("procrastinateevent__at", filter=Q(procrastinateevent__type="failed"))
    rows = ProcrastinateJob.objects.filter(status="failed").annotate(at=failed)
    return [
        FailedJob(row.pk, job_name(row.task_name), row.at, row.attempts)
        for row in rows.order_by("-pk")[:SHOWN_FAILED]
    ]


def disk() -> Disk:
    """Where files lie; before the first one, the folder above."""
    path = Path(settings.MEDIA_ROOT)
    while not path.exists() and path != path.parent:
        path = path.parent
    usage = disk_usage(path)
    return Disk(usage.total, usage.free)


def _clocks(today: date) -> tuple[int, int]:
    running = LetterClock.objects.running().filter(letter=OuterRef("pk"))
    letters = Letter.objects.unsealed()
    due = letters.filter(Exists(running.filter(safe_on__lte=today))).count()
    return due, letters.with_provisional_clock().count()
