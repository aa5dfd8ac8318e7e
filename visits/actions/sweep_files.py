"""Files that no row needs: left by a kill before its row, or in the archives now."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from visits.models import Attachment, ExportJob, file_store

OLD = timedelta(hours=1)  # an upload that is under way is younger
# A backup that knew the file when its letter was masked is made by then.
MASKED_FOR = timedelta(days=1)


def sweep_files(*, now: datetime) -> int:
    """Remove them; return how many there were."""
    old = [path for path in file_store.everything() if _is_old(path, now)]
    keys = {key for path in old if (key := _key(path.name))}
    state = Attachment.State.ARCHIVED
    needed = ~Q(state=state) | Q(letter__masked_at__gt=now - MASKED_FOR)
    attachments = Attachment.objects.filter(needed, key__in=keys)
    exports = ExportJob.objects.filter(key__in=keys)
    known = {
        key
        for rows in (attachments, exports)
        for key in rows.values_list("key", flat=True)
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
