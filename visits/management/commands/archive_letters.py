from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visits.operate.archive import archive_letters
from visits.operate.backup import CannotDo


class Command(BaseCommand):
    help = (
        "Write a package for the archives, encrypted under the first of ARCHIVE_KEYS,"
        " for each letter of which who wrote is masked soon."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="packages are added to it")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = archive_letters(folder, now=timezone.now())
        except CannotDo as why:
            raise CommandError(str(why)) from why
        size = sum(it.size for it in made) / 2**20
        self.stdout.write(f"{folder}: {len(made)} packages, {size:.1f} MB.")
