from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.operate.backup import CannotDo
from visits.operate.postgres import NoProgram
from visits.operate.restore import restore


class Command(BaseCommand):
    help = (
        "Bring a backup back, into an empty database and an empty FILES_DIR alone."
        " Checks that it is whole before it writes, and compares afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = restore(folder)
        except (CannotDo, NoProgram, OSError) as why:
            raise CommandError(str(why)) from why
        self.stdout.write(
            f"Restored {len(manifest['tables'])} tables and {manifest['files']} files"
            f" of {manifest['made_at']}; all equal the backup. Everyone signs in anew."
            " Now run “manage.py prepare --no-demo”, then start the services."
        )
