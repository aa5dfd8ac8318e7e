"""Whether a record is still as it was when a page showed it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model


def fingerprint(
    record: Model, *, fields: Sequence[str] = (), related: Sequence[str] = ()
) -> str:
    """A short mark of the record's columns (or `fields`) and its rows in `related`."""
    mine = type(record)._default_manager.filter(pk=record.pk)
    rows: list[Any] = [mine.values_list(*fields).get()]
    rows += [
        list(getattr(record, name).order_by("pk").values_list()) for name in related
    ]
    text = json.dumps(rows, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
