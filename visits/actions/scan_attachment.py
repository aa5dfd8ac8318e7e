"""Asking clamd whether a file carries a virus; until it answers, nobody reads it."""

import logging
import socket
from contextlib import closing

from django.conf import settings
from django.db import transaction

from cadres.models.encrypted import WrongKey
from visits.models import Attachment, file_store

SECONDS = 60
PIECE = 2**16
log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """The scanner cannot be reached, or does not say yes or no."""


def scan_attachment(attachment: int) -> str:
    """Scan one waiting file; return its state then. Running twice does no harm.

    Without an answer the file keeps waiting.

    Raises:
        NoAnswer: so that the queue tries again later.
    """
    file = Attachment.objects.filter(pk=attachment).first()
    if file is None or file.state != Attachment.State.PENDING:
        return file.state if file else ""
    try:
        clean = not settings.CLAMD_ADDRESS or is_clean(file_store.take(file.key))
    except (OSError, WrongKey) as why:
        log.error("attachment %s cannot be read for its scan", attachment)
        raise NoAnswer from why
    state = Attachment.State.CLEAN if clean else Attachment.State.REFUSED
    with transaction.atomic():
        Attachment.objects.filter(pk=file.pk, state=Attachment.State.PENDING).update(
            state=state
        )
    return state


def scan_waiting() -> int:
    """Scan all that wait; return how many still do, for want of an answer."""
    waiting = Attachment.objects.filter(state=Attachment.State.PENDING)
    silent = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True).iterator():
        try:
            scan_attachment(pk)
        except NoAnswer:
            silent += 1
    return silent


def is_clean(data: bytes) -> bool:
    """Send the bytes to clamd (INSTREAM) and read its verdict.

    Raises:
        NoAnswer: no connection, no verdict in time, or an error of clamd's own.
    """
    try:
        with closing(_connected()) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), PIECE):
                piece = data[at : at + PIECE]
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
            answer = b""
            while b"\0" not in answer and len(answer) < 4096:
                more = line.recv(4096)
                if not more:
                    break
                answer += more
    except OSError as why:
        raise NoAnswer(str(why)) from why
    verdict = answer.rstrip(b"\0\n ").decode(errors="replace")
    if verdict.endswith(" FOUND"):
        return False
    if verdict == "stream: OK":
        return True
    raise NoAnswer(verdict[:200])


def _connected() -> socket.socket:
    address = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        line.connect(address)
        return line
    host, _sep, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
