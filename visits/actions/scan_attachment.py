"""Asking clamd whether a file carries a virus; until it answers, nobody reads it."""

import logging
import socket
from contextlib import closing

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from cadres.models.encrypted import WrongKey
from visits.models import Attachment, file_store

SECONDS = 60
State = Attachment.State
PIECE = 2**16
log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """The scanner does not say yes or no of this file."""


class Unreachable(NoAnswer):
    """Nobody speaks there, or not in time: the next file would fare no better."""


def scan_attachment(attachment: int) -> str:
    """Scan one waiting file; return its state then. Running twice does no harm.

    Without an answer the file keeps its state. Without a scanner it is let through as
    not scanned; once there is one, it is looked at after all.

    Raises:
        NoAnswer: so that it is tried again later.
    """
    file = waiting_files().filter(pk=attachment).first()
    if file is None:
        states = Attachment.objects.filter(pk=attachment)
        return states.values_list("state", flat=True).first() or ""
    try:
        state = State.UNSCANNED
        if settings.CLAMD_ADDRESS:
            clean = is_clean(file_store.take(file.key))
            state = State.CLEAN if clean else State.REFUSED
    except (OSError, WrongKey) as why:
        log.error("attachment %s cannot be read for its scan", attachment)
        raise NoAnswer from why
    with transaction.atomic():
        waiting_files().filter(pk=file.pk).update(state=state)
    return state


def waiting_files() -> QuerySet[Attachment]:
    """Those nobody reads yet; with a scanner, also those that came before it."""
    states = [State.PENDING]
    if settings.CLAMD_ADDRESS:
        states.append(State.UNSCANNED)
    return Attachment.objects.filter(state__in=states)


def scan_waiting() -> int:
    """Scan all that wait; return how many still do, for want of an answer.

    A scanner that hangs costs one time-out, not one for each file: the other jobs wait
    behind this one. In no order, so that one file at which it hangs stops no others.
    """
    found = waiting_files().order_by("state", "?").values_list("pk", flat=True)
    for pk in list(found):
        try:
            scan_attachment(pk)
        except Unreachable:
            break
        except NoAnswer:
            continue
    return waiting_files().count()


def is_clean(data: bytes) -> bool:
    """Send the bytes to clamd (INSTREAM) and read its verdict.

    Raises:
        Unreachable: no connection, or no verdict in time.
        NoAnswer: an error of clamd's own.
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
        raise Unreachable(str(why)) from why
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
