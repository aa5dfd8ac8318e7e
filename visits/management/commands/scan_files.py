from typing import Any

from django.core.management.base import BaseCommand

from visits.actions.scan_attachment import scan_waiting


class Command(BaseCommand):
    help = "Let clamd look at the files that wait for it, or came before there was one."

    def handle(self, *args: Any, **options: Any) -> None:
        silent = scan_waiting()
        if silent:
            self.stderr.write(f"{silent} files still wait: clamd did not answer.")
