"""Encrypting anew, under the newest key, all that an older one had sealed."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Substr

from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry
from cadres.models.encrypted import WrongKey, newest_key, open_bytes, seal_bytes
from visits.actions.seal_letter import rewrite_history
from visits.models import (
    Attachment,
    DataRequest,
    Letter,
    LetterEvent,
    MatterEvent,
    Petitioner,
    PressureReport,
    SealTransfer,
    SessionBooking,
)

BATCH = 500  # rows a transaction: a stop in between loses no more than one batch


@dataclass(frozen=True)
class Column:
    """A sealed column, and what its bytes are bound to: `purpose`/`seal_id`."""

    model: type[models.Model]
    field: str
    purpose: str
    seal_id: str = "seal_id"


COLUMNS = (
    Column(Petitioner, "identity", "petitioner"),
    Column(Letter, "sealed_text", "letter"),
    Column(LetterEvent, "sealed_record", "letter", "letter__seal_id"),
    Column(SealTransfer, "sealed_reasons", "transfer", "letter__seal_id"),
    Column(Attachment, "sealed_name", "attachment", "key"),
    Column(PressureReport, "sealed_text", "pressure"),
    Column(DataRequest, "sealed_text", "data_request"),
    Column(MatterEvent, "sealed_witness", "witness"),
    Column(SessionBooking, "identity", "booking"),
)


@dataclass
class Rotated:
    """How many values are under the newest key now, and which cannot be opened."""

    column: Column
    done: int
    failed: list[int]


def rotate_column(column: Column) -> Rotated:
    """Batch by batch; run again it goes on, and finds nothing when all is done."""
    found = Rotated(column, 0, [])
    last = 0
    while True:
        with transaction.atomic():
            rows = list(_old(column, after=last)[:BATCH])
            if not rows:
                return found
            rewrite_history()
            for pk, sealed, seal_id in rows:
                purpose = f"{column.purpose}/{seal_id}"
                try:
                    anew = seal_bytes(open_bytes(bytes(sealed), purpose), purpose)
                except WrongKey:
                    found.failed.append(pk)
                else:
                    one = column.model._default_manager.filter(pk=pk)
                    one.update(**{column.field: anew})
                    found.done += 1
            last = rows[-1][0]
            write_audit(
                AuditEntry.Kind.COMMAND,
                "rotate_key",
                column=f"{column.model._meta.label_lower}.{column.field}",
                rows=len(rows),
                key=newest_key(),
            )


def _old(column: Column, *, after: int) -> Any:
    """Key, value and seal id of rows under an older key, locked, in order of key."""
    of_key = Substr(column.field, 2, 2, output_field=models.BinaryField())
    return (
        column.model._default_manager.select_for_update(of=("self",))
        .filter(pk__gt=after, **{f"{column.field}__isnull": False})
        .annotate(of_key=of_key)
        .exclude(of_key=newest_key().to_bytes(2, "big"))
        .order_by("pk")
        .values_list("pk", column.field, column.seal_id)
    )
