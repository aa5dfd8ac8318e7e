from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cadres.actions.purge_audit import purge_audit
from cadres.models import Setting
from cadres.rules.audit_retention import kept_since
from visits.models import PressureReport


class Command(BaseCommand):
    help = (
        "Drop whole months of the audit log that are older than the setting "
        "audit.retention_months. Run it as the owner of the database."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        months = Setting.objects.as_dict()["audit.retention_months"]
        until = kept_since(timezone.localtime(), months=months)
        reported = PressureReport.objects.filter(letter__isnull=False)
        letters = set(reported.values_list("letter", flat=True))
        dropped = purge_audit(until=until, letters=letters)
        self.stdout.write(f"{dropped} entries from before {until.date()} dropped.")
