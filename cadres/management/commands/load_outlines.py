from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cadres.actions.load_outlines import NotGeoJson, load_outlines


class Command(BaseCommand):
    help = (
        "Load borders of places from FILE (GeoJSON in degrees; each feature names its "
        "place by the property code or adcode). The page of where to go then shows a "
        "map. Loads nothing of a file with a feature that is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keep-going", action="store_true", help="load the others all the same"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8-sig") as file:
                report = load_outlines(
                    file, on=timezone.localdate(), keep_going=options["keep_going"]
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        except (NotGeoJson, UnicodeDecodeError) as error:
            raise CommandError(f"{path} is no FeatureCollection of GeoJSON.") from error
        for number, code, why in report.refused:
            self.stdout.write(f"feature {number} ({code or 'no code'}): {why}")
        if not report.is_loaded:
            raise CommandError("Nothing is loaded. --keep-going loads the others.")
        self.stdout.write(f"{report.loaded} outlines are loaded.")
