from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from visits.rules.letter_drawing import drawing

TARGET = Path("docs") / "letter-states.md"


class Command(BaseCommand):
    help = "Draw the states of a letter and the steps between them, from the table."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / TARGET).write_text(drawing(), encoding="utf-8")
        self.stdout.write(f"{TARGET} is drawn.")
