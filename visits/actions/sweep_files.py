"""Files that no row knows: left by a kill between the file and its row."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from visits.models import Attachment, ExportJob, file_store

OLD = timedelta(hours=1)  # an upload that is under way is younger


def sweep_files(*, now: datetime) -> int:
    """Remove them; return how many there were."""
    old = [path for path in file_store.everything() if _is_old(path, now)]
    keys = {key for path in old if (key := _key(path.name))}
    known = {
        key
        for model in (Attachment, ExportJob)
        for key in model._default_manager.filter(key__in=keys).values_list(
            "key", flat=True
        )
    }
    gone = [path for path in old if _key(path.name) not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - OLD).timestamp()
    except FileNotFoundError:  # it was half written, and has its name now
        return False


def _key(name: str) -> UUID | None:
    """None for what is half written, or not ours."""
    try:
        return UUID(name)
    except ValueError:
        return None
