from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from visits.management.upkeep import kept
from visits.models import Upkeep
from visits.operate.backup import drop_oldest, make_backup


class Command(BaseCommand):
    help = (
        "Write a backup of the database and all files into a new folder, encrypted"
        " under the first of BACKUP_KEYS."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="must not exist yet")
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="then remove all but the newest N backups beside it",
        )

    def handle(self, *args: Any, folder: Path, keep: int, **options: Any) -> None:
        folder = folder.resolve()
        with kept(Upkeep.Kind.BACKUP) as about:
            made = make_backup(folder, now=timezone.now())
            rows = sum(it["rows"] for it in made["tables"].values())
            size = sum(it["size"] for it in made["parts"].values())
            about |= {
                "tables": len(made["tables"]),
                "rows": rows,
                "files": made["files"],
                "bytes": size,
            }
        self.stdout.write(
            f"{folder}: {len(made['tables'])} tables, {rows} rows, {made['files']}"
            f" files, {size / 2**20:.1f} MB, under backup key {made['key']}."
        )
        for gone in drop_oldest(folder.parent, keep=keep):
            self.stdout.write(f"Removed {gone}.")
