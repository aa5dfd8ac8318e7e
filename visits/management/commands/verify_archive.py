from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visits.operate.archive import verify_archive
from visits.operate.backup import CannotDo

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Open, where the archives keep them, the packages that no petition office has"
        " acknowledged yet, and compare them with what was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            good, faults = verify_archive(folder, now=timezone.now())
        except CannotDo as why:
            raise CommandError(str(why)) from why
        self.stdout.write(f"{good} packages open and are what was written.")
        if faults:
            more = len(faults) - SHOWN
            shown = " ".join(faults[:SHOWN])
            raise CommandError(shown + (f" And {more} more." if more > 0 else ""))
