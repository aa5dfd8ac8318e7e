from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Compile the translations; needs no GNU gettext. Fuzzy entries are left out."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
                    continue
                polib.pofile(str(source)).save_as_mofile(str(target))
                # What this process has read before is read anew.
                translation_file_changed(None, target)
