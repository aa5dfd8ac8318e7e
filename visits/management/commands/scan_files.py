from typing import Any

from django.core.management.base import BaseCommand

from visits.actions.scan_attachment import NoAnswer, scan_attachment
from visits.models import Attachment


class Command(BaseCommand):
    help = "Let clamd look at the files that still wait for it."

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = Attachment.objects.filter(state=Attachment.State.PENDING)
        silent = 0
        for pk in waiting.order_by("pk").values_list("pk", flat=True).iterator():
            try:
                scan_attachment(pk)
            except NoAnswer:
                silent += 1
        if silent:
            self.stderr.write(f"{silent} files still wait: clamd did not answer.")
