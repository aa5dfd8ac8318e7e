"""The end of an installation: by two people, with a list that stays (handbook 14)."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cadres.models import Account, Incident
from visits.models import Letter, PressureReport, file_store
from visits.operate import postgres
from visits.operate.backup import CannotDo


def locks(released: Sequence[str] = ()) -> list[str]:
    """What must not be destroyed: evidence of pressure, incidents that are not closed.

    Each is named by its reference; `released` are those that the organ above, or the
    authority, has let go in writing.
    """
    pressure = PressureReport.objects.order_by("pk").values_list("reference", flat=True)
    incidents = Incident.objects.filter(closed_at__isnull=True).order_by("pk")
    found = [*pressure, *(f"incident-{it.pk}" for it in incidents)]
    return [it for it in found if it not in released]


def wipe(
    *, people: Sequence[Account], list_at: Path, now: datetime, released: Sequence[str]
) -> dict[str, Any]:
    """Write the list, then destroy all files and all tables; what the list says.

    Raises:
        CannotDo: something is locked, or the list cannot be written; nothing was done.
    """
    if held := locks(released):
        raise CannotDo(
            f"Locked as evidence: {', '.join(held[:20])}. Hand it to the organ above or"
            " close it; what was let go in writing is named with --released."
        )
    kept = _list(people, now, released)
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    try:
        with list_at.open("x") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
    except OSError as why:
        raise CannotDo(f"The list cannot be written: {why}") from None
    for path in list(file_store.everything()):
        _overwrite(path)
    with transaction.atomic(), connection.cursor() as cursor:
        for name in postgres.table_names(connection):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")
    return kept


def _list(
    people: Sequence[Account], now: datetime, released: Sequence[str]
) -> dict[str, Any]:
    """Which records there were, and of whom nothing: the list outlives the data."""
    files = sorted(it.name for it in file_store.everything())
    letters = Letter.objects.order_by("pk").values_list("reference", "retention")
    with transaction.atomic():
        tables = postgres.tables_of(connection)
    return {
        "destroyed_at": now.isoformat(timespec="seconds"),
        "by": [{"user": it.username, "name": it.name} for it in people],
        "released": list(released),
        "database": connection.settings_dict["NAME"],
        "tables": {name: table.rows for name, table in tables.items()},
        "letters": [
            {"reference": reference, "retention": retention}
            for reference, retention in letters
        ],
        "files": {
            "count": len(files),
            "names_sha256": sha256("\n".join(files).encode()).hexdigest(),
        },
        "left_to_do": [
            "Destroy every backup, base backup and archived log, here and elsewhere.",
            "Destroy all keys but the archives’: what was copied stays unreadable.",
            "Drop PostgreSQL’s cluster, whose log still holds rows; erase the disk.",
            "The commands stand in docs/operate.md, “Leaving, and wiping”.",
        ],
    }


def _overwrite(path: Path) -> None:
    """Zeros over the bytes, then gone. On flash that is not enough: hence the keys."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left:
            left -= file.write(bytes(min(left, 2**20)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
