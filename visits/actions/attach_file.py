"""Adding a file to a letter: told by its content, cleaned, encrypted, counted."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from cadres.models import Account, Setting
from visits.actions.clean_picture import clean_picture
from visits.actions.refusals import refuse
from visits.models import Attachment, Letter, file_store
from visits.reports.letter_files import may_add
from visits.rules.file_kinds import NoSuchKind, kind_of
from visits.rules.file_names import clean_name

MB = 2**20
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """A file as it came: the name is the sender's, and is not trusted."""

    name: str
    data: bytes


def attach_file(
    letter: Letter,
    *,
    by: Account,
    file: Sent,
    client_key: UUID,
    now: datetime,
    shows_identity: bool = True,
) -> Attachment:
    """Keep a file with a letter; sent twice with one `client_key`, it is kept once.

    The key is a person's own, so that nobody gets another's file by guessing it.

    Raises:
        Refusal: code `not_yours`, `too_large`, `full` (the letter has its number of
            files), `no_room` (or its number of bytes), `store` (the disk says no), or
            a code of `kind_of` and `clean_picture`.
    """
    # One form sends several files: each has a key of its own, whatever their order.
    client_key = uuid5(client_key, f"{letter.pk}/{sha256(file.data).hexdigest()}")
    known = Attachment.objects.filter(added_by=by, client_key=client_key).first()
    if known:
        return known
    if not may_add(letter, by, now=now):
        refuse(_("Files of this letter are not yours to add."), code="not_yours")
    limits = Setting.objects.as_dict()
    most = limits["files.max_mb"]
    if len(file.data) > most * MB:
        refuse(_("A file has at most %(most)s MB."), code="too_large", most=most)
    try:
        kind = kind_of(file.data)
        data = file.data
        if kind.is_picture:
            data, kind = clean_picture(data, kind)
    except NoSuchKind as why:
        refuse(why.message, code=why.code)
    row = Attachment(
        letter=letter,
        key=uuid4(),
        content_type=kind.content_type,
        size=len(data),
        shows_identity=shows_identity,
        added_by=by,
        added_at=now,
        client_key=client_key,
    )
    row.name_it(clean_name(file.name, kind))
    if not settings.CLAMD_ADDRESS:
        row.state = Attachment.State.UNSCANNED
    try:
        row.sha256 = file_store.put(row.key, data)
    except OSError:
        log.exception("a file of letter %s could not be stored", letter.pk)
        refuse(_("The file could not be stored; try again later."), code="store")
    try:
        stands = _enter(row, letter, limits)
    except ValidationError:
        file_store.drop(row.key)
        raise
    if stands is not row:
        file_store.drop(row.key)
    return stands


@transaction.atomic
def _enter(row: Attachment, letter: Letter, limits: Mapping[str, int]) -> Attachment:
    """The row, if there is still room: uploads to one letter wait for each other.

    Of the same file sent twice at once the first one to arrive has won.
    """
    Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    known = Attachment.objects.filter(
        added_by=row.added_by, client_key=row.client_key
    ).first()
    if known:
        return known
    there = letter.attachments.aggregate(files=Count("pk"), bytes=Sum("size"))
    most = limits["files.letter_count"]
    if there["files"] >= most:
        refuse(_("A letter has at most %(most)s files."), code="full", most=most)
    most = limits["files.letter_mb"]
    if (there["bytes"] or 0) + row.size > most * MB:
        text = _("All files of a letter together have at most %(most)s MB.")
        refuse(text, code="no_room", most=most)
    row.full_clean(exclude=["sealed_name"])
    row.save()
    if row.state == Attachment.State.PENDING:
        # A job of the same transaction: it is there if and only if the row is.
        app.configure_task("visits.tasks.scan").defer(attachment=row.pk)
    return row
