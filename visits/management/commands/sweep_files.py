from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from visits.actions.sweep_files import sweep_files


class Command(BaseCommand):
    help = "Remove stored files that belong to no letter and are older than an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{sweep_files(now=timezone.now())} files removed.")
