from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.actions.rotate_factors import rotate_factors
from cadres.models.encrypted import newest_key
from visits.actions.rotate_files import rotate_files
from visits.actions.rotate_keys import COLUMNS, rotate_column


class Command(BaseCommand):
    help = (
        "Encrypt all sealed columns and files anew under the first key of "
        "IDENTITY_KEYS. Can be stopped and run again; an old key may leave the list "
        "once nothing needs it."
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
        done, unread = rotate_files()
        failed += len(unread)
        self.stdout.write(f"files: {done} under key {newest_key()}")
        if unread:
            shown = ", ".join(map(str, unread[:20]))
            self.stderr.write(f"files: no key opens attachments {shown}")
        done, unread = rotate_factors()
        failed += len(unread)
        self.stdout.write(f"second factors: {done} under key {newest_key()}")
        if unread:
            shown = ", ".join(map(str, unread[:20]))
            self.stderr.write(f"second factors: no key opens {shown}")
        if failed:
            raise CommandError(
                f"{failed} values stay as they are. Keep the old keys in IDENTITY_KEYS."
            )
