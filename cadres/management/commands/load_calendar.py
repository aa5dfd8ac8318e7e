from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadres.actions.load_calendar import load_calendar
from cadres.rules.working_days import FIRST_YEAR, LAST_YEAR

SINCE = 2024
AHEAD = 3  # years; planning and the longest clocks end well within them


class Command(BaseCommand):
    help = (
        "Load the nation's rest days and make-up days: those of the State Council's "
        "plan where it is known, else the statutory days. Own entries stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--year",
            type=int,
            help=f"only this year ({FIRST_YEAR} to {LAST_YEAR}); default: {SINCE} to "
            f"{AHEAD} years from now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        year = options["year"]
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise CommandError(f"Nothing is known of {year}.")
        last = timezone.localdate().year + AHEAD
        done = load_calendar(years=[year] if year else range(SINCE, last + 1))
        self.stdout.write(
            f"Calendar: {done.added} days added, {done.changed} changed, "
            f"{done.removed} removed, {done.kept} own entries kept."
        )
