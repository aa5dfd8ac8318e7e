import gzip
import lzma
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cadres.actions.load_places import LoadReport, NotAPlaceList, load_places

SHIPPED = settings.BASE_DIR / "cadres" / "data" / "places.csv.xz"
OPENERS: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open}


class Command(BaseCommand):
    help = (
        "Load places: the list that comes with the product, or FILE (CSV, also .xz and "
        ".gz; columns as in cadres/data/README.md). Loads nothing of a list with a "
        "line that is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)
        parser.add_argument(
            "--preview", action="store_true", help="say what would change, change none"
        )
        parser.add_argument(
            "--keep-going", action="store_true", help="load the lines that are in order"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with _opened(path) as lines:
                report = load_places(
                    lines,
                    on=timezone.localdate(),
                    preview=options["preview"],
                    keep_going=options["keep_going"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not in UTF-8.") from error
        except (NotAPlaceList, EOFError, lzma.LZMAError) as error:
            raise CommandError(
                f"{path} is no list of places: it needs the columns code and name."
            ) from error
        self._tell(report, in_detail=path != SHIPPED or options["preview"])
        if report.refused and not (options["preview"] or options["keep_going"]):
            raise CommandError("Nothing is loaded. --keep-going loads the other lines.")

    def _tell(self, report: LoadReport, *, in_detail: bool) -> None:
        if in_detail:
            for change in report.changes:
                self.stdout.write(
                    f"line {change.line}: {change.code}: "
                    f"{change.before} → {change.after}"
                )
            if report.changed > len(report.changes):
                self.stdout.write(f"… {report.changed - len(report.changes)} more")
        for refused in report.refused:
            self.stderr.write(
                f"line {refused.line}: {refused.code}: {refused.fault.label}"
            )
        self.stdout.write(
            f"{'Places' if report.is_loaded else 'Not loaded'}: "
            f"{report.added} added, {report.changed} changed, "
            f"{report.unchanged} as before, {len(report.refused)} refused"
        )


def _opened(path: Path) -> IO[str]:
    stream: IO[str] = OPENERS.get(path.suffix, open)(
        path, "rt", encoding="utf-8-sig", newline=""
    )
    return stream
