import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visits.operate.backup import CannotDo
from visits.operate.export_all import export_all
from visits.operate.two_people import two_people


class Command(BaseCommand):
    help = (
        "Write all tables and files in open formats, each column described: for an"
        " office that leaves. Two people confirm it with their passwords."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="must not exist yet")
        parser.add_argument(
            "--people",
            nargs=2,
            required=True,
            metavar=("SYSTEM_ADMIN", "SECURITY_ADMIN"),
        )
        parser.add_argument(
            "--in-clear",
            action="store_true",
            help="decrypt names, sealed texts and attachments",
        )

    def handle(
        self,
        *args: Any,
        folder: Path,
        people: list[str],
        in_clear: bool,
        **options: Any,
    ) -> None:
        try:
            done = export_all(
                folder,
                people=two_people(people, getpass.getpass),
                now=timezone.now(),
                in_clear=in_clear,
            )
        except (CannotDo, OSError) as why:
            raise CommandError(str(why)) from why
        self.stdout.write(
            f"{folder}: {done['tables']} tables, {done['rows']} rows, {done['files']}"
            " files. README.zh.md and README.en.md say how to read them."
        )
