"""Draw last month's samples of struck-off matters for call-back, once for each area."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from visits.actions.draw_sample import draw_monthly


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for sample in draw_monthly(now=timezone.now()):
            self.stdout.write(
                f"{sample.place.code} {sample.first} {sample.last}: "
                f"{sample.calls.count()} of {len(sample.candidates)}, "
                f"seed {sample.seed}"
            )
