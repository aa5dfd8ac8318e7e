from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visits.actions.fold_rollup import differences, rebuild_rollup

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Count the figures that reports keep anew from the visits, and compare them "
        "with what the visits say. See docs/decisions/rollups.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; exit 1 on a difference"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            rebuild_rollup(self.stdout.write)
        found = list(differences())
        for line in found[:SHOWN]:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} differ from what the visits say.")
        self.stdout.write("All that is kept is what the visits say.")
