from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadres.models import AuditAnchor, AuditEntry
from cadres.reports.audit_chain import first_break


class Command(BaseCommand):
    help = "Check the chain of the audit log; name the first link that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        if found := first_break():
            raise CommandError(f"{found.where}: {found.what}.")
        anchor = AuditAnchor.objects.order_by("pk").last()
        self.stdout.write(f"Whole: {AuditEntry.objects.count()} entries.")
        if anchor:
            self.stdout.write(
                f"Last anchor: {anchor.pk}, {anchor.at.isoformat()}, "
                f"{anchor.printed_hash}"
            )
