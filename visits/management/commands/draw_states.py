from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from visits.rules import letter_drawing, matter_drawing

TARGETS = {
    Path("docs") / "letter-states.md": letter_drawing.drawing,
    Path("docs") / "matter-states.md": matter_drawing.drawing,
}


class Command(BaseCommand):
    help = "Draw the lives of letters and of on-the-spot matters, from their tables."

    def handle(self, *args: Any, **options: Any) -> None:
        for target, drawing in TARGETS.items():
            (settings.BASE_DIR / target).write_text(drawing(), encoding="utf-8")
            self.stdout.write(f"{target} is drawn.")
