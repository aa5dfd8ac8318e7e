"""What the archives get of a letter before it forgets here who wrote it (handbook 14).

A package for each letter, encrypted under ARCHIVE_KEYS, which are neither those of the
working system nor those of its backups: a tar with

    letter.json      the letter, who wrote it, its history, and what stands beside it
    files/<key>      its files as they were added; their names stand in letter.json
"""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation

from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry, Setting
from cadres.models.encrypted import read_sealed
from cadres.rules.key_ring import keys_in
from visits.models import ArchiveCopy, Letter, MatterEvent, file_store
from visits.operate.backup import CannotDo, sum_of
from visits.operate.sealed_stream import Damaged, Reader, opened, seal
from visits.reports.identity_masks import letters_to_mask
from visits.rules.identity_clock import ended_by

FORMAT = 1
TEXTS = "letter.json"
# Not the letter's: what finds it, proves a receipt, or keeps it from being sent twice.
LEFT_OUT = {"search_text", "code_hash", "client_key", "seal_id", "in_open_state"}


def ring() -> dict[int, bytes]:
    """Number → key of the archives, newest first.

    Raises:
        CannotDo: there is none, or it opens something else as well.
    """
    try:
        keys = keys_in(settings.ARCHIVE_KEYS)
    except ValueError as why:
        raise CannotDo(
            f"ARCHIVE_KEYS cannot be used: {why} Make one with “python -m config.keys”"
            " and hand it to the archives."
        ) from None
    others = [*settings.IDENTITY_KEYS, *settings.BACKUP_KEYS]
    if any(set(keys_in([it]).values()) & set(keys.values()) for it in others):
        raise CannotDo(
            "ARCHIVE_KEYS holds a key of IDENTITY_KEYS or BACKUP_KEYS. Whoever has one"
            " of them should not have the other: make a key of its own."
        )
    return keys


def archive_letters(folder: Path, *, now: datetime) -> list[ArchiveCopy]:
    """Write a package for each letter that is masked soon and has none as it stands.

    Raises:
        CannotDo: the folder cannot be written to, or a file cannot be opened.
    """
    number, key = next(iter(ring().items()))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    set_as = Setting.objects.as_dict()
    until = timezone.localdate(now) + timedelta(days=set_as["identity.warn_days"])
    until = ended_by(until, months=set_as["identity.mask_after_months"])
    fresh = ArchiveCopy.objects.fresh().filter(letter=OuterRef("pk"))
    letters = letters_to_mask(Letter.objects.all(), until=until)
    due = letters.filter(~Exists(fresh)).order_by("pk")
    made = []
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            letter = Letter.objects.select_for_update(of=("self",)).get(pk=pk)
            made.append(_write(folder, letter, number, key, now))
    write_audit(AuditEntry.Kind.COMMAND, "archive_letters", letters=len(made))
    return made


def _write(
    folder: Path, letter: Letter, number: int, key: bytes, now: datetime
) -> ArchiveCopy:
    nth = letter.archive_copies.count() + 1
    copy = ArchiveCopy(
        letter=letter,
        name=f"{letter.reference}-{nth}.sealed",
        key=number,
        version=letter.version,
        made_at=now,
    )
    path = folder / copy.name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            seal([package(letter)], out, name=copy.name, number=number, key=key)
            out.flush()
            os.fsync(out.fileno())
    except OSError as why:
        raise CannotDo(f"{path} cannot be written: {why}") from None
    copy.sha256, copy.size = sum_of(path), path.stat().st_size
    copy.save()
    return copy


def package(letter: Letter) -> bytes:
    """The tar, in clear: never written anywhere as it is."""
    files, told = [], []
    for row in letter.attachments.order_by("pk"):
        data = file_store.take(row.key)
        files.append((f"files/{row.key}", data))
        told.append(
            {
                "key": str(row.key),
                "name": row.name(),
                "content_type": row.content_type,
                "shows_identity": row.shows_identity,
                "added_by": str(row.added_by),
                "added_at": row.added_at,
                "sha256": sha256(data).hexdigest(),
            }
        )
    with translation.override("zh-hans"):
        texts = {"format": FORMAT, **_told(letter), "files": told}
    text = json.dumps(texts, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in ((TEXTS, text.encode()), *files):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def _told(letter: Letter) -> dict[str, Any]:
    said = MatterEvent.objects.filter(
        matter__letter=letter, sealed_witness__isnull=False
    )
    return {
        "letter": _row(letter),
        "petitioners": [
            _row(it) | it.read() for it in letter.petitioners.order_by("position")
        ],
        "history": [_event(it, letter) for it in letter.events.order_by("pk")],
        "drafts": _rows(letter.drafts),
        "links": [*_rows(letter.links), *_rows(letter.linked_from)],
        "holds": _rows(letter.holds),
        "recusals": _rows(letter.recusals),
        "data_requests": [
            _row(it) | {"text": it.read()} for it in letter.data_requests.order_by("pk")
        ],
        "matters": _rows(letter.matters),
        "witnesses": [
            {"matter": str(it.matter), "on": it.on, "name": it.witness}
            for it in said.order_by("pk")
        ],
    }


def _event(event: Any, letter: Letter) -> dict[str, Any]:
    row = _row(event)
    if event.sealed_record is not None:
        row["record"] |= read_sealed(
            bytes(event.sealed_record), purpose="letter", seal_id=letter.seal_id
        )
    return row


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [_row(it) for it in rows.order_by("pk")]


def _row(record: models.Model) -> dict[str, Any]:
    """Each column that people read, in words: what is sealed is told beside it."""
    found: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        value = getattr(record, field.name)
        if field.name in LEFT_OUT or isinstance(field, models.BinaryField):
            continue
        if isinstance(value, models.Model):
            value = str(value)
        elif field.choices and value not in (None, ""):
            value = str(dict(field.flatchoices).get(value, value))
        found[field.name] = value
    return found


def verify_archive(folder: Path, *, now: datetime) -> tuple[int, list[str]]:
    """Open every package that is not acknowledged yet as it lies in this folder.

    How many are good, and what is wrong with the others, in words.
    """
    keys, good, faults = ring(), 0, []
    rows = ArchiveCopy.objects.filter(
        acknowledged_at__isnull=True, letter__masked_at__isnull=True
    )
    for copy in rows.select_related("letter").order_by("pk"):
        try:
            _verify(folder / copy.name, copy, keys)
        except (CannotDo, Damaged) as why:
            faults.append(str(why))
            ArchiveCopy.objects.filter(pk=copy.pk).update(verified_at=None)
        else:
            good += 1
            ArchiveCopy.objects.filter(pk=copy.pk).update(verified_at=now)
    return good, faults


def _verify(path: Path, copy: ArchiveCopy, keys: dict[int, bytes]) -> None:
    if not path.is_file():
        raise CannotDo(f"{copy.name} is not there.")
    if sum_of(path) != copy.sha256:
        raise CannotDo(f"{copy.name} is not what was written.")
    if copy.key not in keys:
        raise CannotDo(f"{copy.name} needs key {copy.key} of ARCHIVE_KEYS.")
    texts, sums = read_package(path, keys)
    if texts["letter"]["reference"] != copy.letter.reference:
        raise CannotDo(f"{copy.name} holds another letter.")
    if {it["key"]: it["sha256"] for it in texts["files"]} != sums:
        raise CannotDo(f"{copy.name} lacks files.")


def read_package(path: Path, keys: dict[int, bytes]) -> tuple[Any, dict[str, str]]:
    """What letter.json says, and the hash of each file that is there.

    Raises:
        Damaged
    """
    texts: Any = None
    sums: dict[str, str] = {}
    with path.open("rb") as file:
        reader = Reader(opened(file, name=path.name, keys=keys))
        for name, data in _members(reader):
            if name == TEXTS:
                texts = json.loads(data)
            else:
                sums[name.removeprefix("files/")] = sha256(data).hexdigest()
    return texts, sums


def _members(reader: Reader) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            content = tar.extractfile(member)
            yield member.name, content.read() if content else b""
