from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from visits.management.upkeep import kept
from visits.models import Upkeep
from visits.operate.backup import CannotDo
from visits.operate.drill import run_drill


class Command(BaseCommand):
    help = (
        "The restore drill: restore a backup into a throw-away database and folder,"
        " compare table by table and file by file, open attachments with the keys."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--work", type=Path, help="where the files are unpacked for the while"
        )

    def handle(
        self, *args: Any, folder: Path, work: Path | None, **options: Any
    ) -> None:
        with kept(Upkeep.Kind.DRILL) as about:
            drilled = run_drill(folder, work=work)
            about |= drilled.figures()
            if drilled.faults:
                more = len(drilled.faults) - 10
                shown = " ".join(drilled.faults[:10])
                raise CannotDo(shown + (f" And {more} more." if more > 0 else ""))
        self.stdout.write(
            f"The backup is good: {drilled.tables} tables with {drilled.rows} rows and"
            f" {drilled.files} files equal what was backed up; {drilled.attachments}"
            f" attachments and {drilled.values} encrypted values open."
        )
