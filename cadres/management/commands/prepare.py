"""Everything a start needs, each step quick when it has been done before."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from cadres.models import District

LOCK_TIMEOUT = "2s"
LOCK_NOT_AVAILABLE = "55P03"
LOCK = 4_1987  # of nothing else in this database


class Command(BaseCommand):
    help = "Migrate, compile translations, collect static files, load what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_false", dest="demo", help="leave out the demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with connection.cursor() as cursor:
                # Two starts at once: the second waits, and finds everything done. The
                # lock ends with the connection.
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        _migrate()
        call_command("createcachetable", verbosity=0)
        call_command("grant_application")
        call_command("compile_translations")
        call_command("collectstatic", verbosity=0, interactive=False)
        if not District.objects.exists():
            self.stdout.write("Loading places …")
            call_command("load_places")
        call_command("load_calendar")
        call_command("recount_clocks", provisional=True, verbosity=0)
        if settings.DEMO and options["demo"]:
            call_command("demo")


def _migrate() -> None:
    """Wait but shortly for tables in use: whoever asks after us waits behind us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    try:
        drop_half_made_indexes()
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise CommandError(
            "A table is in use for longer than the migrations wait. The version before "
            "goes on as it is; run this again in a quiet moment."
        ) from error
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def drop_half_made_indexes() -> None:
    """What a migration began and gave up for a lock bars the way of the next try."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE NOT indisvalid AND relkind = 'i'"
            " AND pg_get_userbyid(relowner) = current_user"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
