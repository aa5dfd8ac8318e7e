from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from visits.actions.recount_clocks import recount_clocks
from visits.models import Letter


class Command(BaseCommand):
    help = (
        "Count the legal clocks of open letters anew, after the rules or the calendar "
        "have changed; owners are told of dates that move to an earlier day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--provisional",
            action="store_true",
            help="only letters with a date that no plan of days off had confirmed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        letters = Letter.objects.open()
        if options["provisional"]:
            letters = letters.with_provisional_clock()
        changed = recount_clocks(now=timezone.now(), letters=letters)
        self.stdout.write(f"Clocks: {changed} letters changed.")
