from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.models.encrypted import newest_key
from visits.actions.rotate_keys import COLUMNS, rotate_column, rotate_files


class Command(BaseCommand):
    help = (
        "Encrypt all sealed columns anew under the first key of IDENTITY_KEYS. Can be "
        "stopped and run again; an old key may leave the list once nothing needs it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for column in COLUMNS:
            rotated = rotate_column(column)
            failed += len(rotated.failed)
            name = f"{column.model._meta.label}.{column.field}"
            self.stdout.write(f"{name}: {rotated.done} under key {newest_key()}")
            if rotated.failed:
                shown = ", ".join(map(str, rotated.failed[:20]))
                self.stderr.write(f"{name}: no key opens rows {shown}")
        files, lost = rotate_files()
        failed += len(lost)
        self.stdout.write(f"files: {files} under key {newest_key()}")
        if lost:
            shown = ", ".join(map(str, lost[:20]))
            self.stderr.write(f"files: missing, or no key opens those of rows {shown}")
        if failed:
            raise CommandError(
                f"{failed} values stay as they are. Keep the old keys in IDENTITY_KEYS."
            )
