"""What a production start should not lack: see `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004


def files_are_scanned(**_kwargs: Any) -> list[CheckMessage]:
    if settings.CLAMD_ADDRESS:
        return []
    return [
        Warning(
            "CLAMD_ADDRESS is not set: files that people send are not scanned for "
            "viruses, and say so.",
            hint="Set it to a clamd socket or host:port. Files that came before it are "
            "then scanned within minutes, or at once by “manage.py scan_files”.",
            id="visits.W001",
        )
    ]
