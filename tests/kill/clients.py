"""Who keeps the service busy: sends until it is acknowledged, always under one key."""

import http.client
import os
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

# On a machine that does much else, all limits of time are so many times as long.
PATIENCE = int(os.environ.get("PATIENCE", "1"))
GIVE_UP = 60 * PATIENCE  # seconds for one form
TOKEN = "k" * 32


def said_in(page):
    """What a page says is wrong."""
    blocks = re.findall(r"(?s)(?:feedback|alert|warning)[^>]*>(.{1,300})", page)
    return [re.sub(r"<[^>]*>|\s+", " ", it)[:200] for it in blocks][:5] or page[:300]


@dataclass
class Kept:
    """What was sent and what was acknowledged, by kind."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """One person at one browser, who sends one kind of form again and again."""

    def __init__(self, port, session, kind, forms, kept):
        super().__init__(daemon=True)
        self.port, self.kind, self.forms, self.kept = port, kind, forms, kept
        self.cookie = f"sessionid={session}; csrftoken={TOKEN}"
        self.stopping = threading.Event()
        kept.sent.setdefault(kind, [])
        kept.acknowledged.setdefault(kind, [])

    def run(self):
        for key, address, fields, file in self.forms:
            if self.stopping.is_set():
                return
            self.kept.sent[self.kind].append(key)
            if self._until_acknowledged(address, fields, file):
                self.kept.acknowledged[self.kind].append(key)
            time.sleep(0.05)

    def _until_acknowledged(self, address, fields, file):
        ends = time.monotonic() + GIVE_UP
        while time.monotonic() < ends:
            try:
                status, page = self._post(address, fields, file)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)  # died under it: whether it was kept is not known
                continue
            if status == 302:
                return True
            if status in (500, 502, 503):
                time.sleep(0.2)
                if status == 500:
                    self.kept.strange.append(f"{address} 500 {page[:300]}")
                continue
            if self.kind == "move" and status in (200, 409, 422):
                return False  # it was taken before, without us hearing of it
            self.kept.strange.append(f"{address} {status} {said_in(page)}")
            return False
        self.kept.strange.append(f"{address} never acknowledged")
        return False

    def _post(self, address, fields, file):
        headers = {"Cookie": self.cookie, "X-CSRFToken": TOKEN}
        if file is None:
            body = urlencode(fields, doseq=True).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        else:
            border = uuid.uuid4().hex
            body = b"".join(
                f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
                f"{value}\r\n".encode()
                for name, value in fields.items()
            )
            body += (
                f'--{border}\r\nContent-Disposition: form-data; name="files";'
                ' filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
            ).encode()
            body += file + f"\r\n--{border}--\r\n".encode()
            headers["Content-Type"] = f"multipart/form-data; boundary={border}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", address, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()
