"""What only a socket can send: gunicorn as in production, and bytes that no browser writes.

No database: what is refused here is refused before one is asked.
"""

import os
import re
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.config.test_start import NOWHERE, SECRETS

HOST = b"Host: localhost\r\n"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    def __init__(self, log):
        self.port = free_port()
        self.process = subprocess.Popen(
            [*(sys.executable, "-m", "gunicorn"), "--config", "config/gunicorn.py",
             "config.wsgi"],
            cwd=settings.BASE_DIR,
            env={
                **os.environ, **SECRETS, "DATABASE_URL": NOWHERE, "PORT": str(self.port),
                "DJANGO_SETTINGS_MODULE": "tests.settings", "BEHIND_PROXY": "1",
                "WEB_WORKERS": "1", "WEB_THREADS": "4", "HTTPS": "1",
            },
            stdout=log,
            stderr=log,
        )  # fmt: skip

    def open(self, timeout=60):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def send(self, data):
        """All that comes back until the other side closes, or is silent."""
        with self.open() as line:
            line.sendall(data)
            line.settimeout(60)
            found = b""
            try:
                while piece := line.recv(2**16):
                    found += piece
            except (TimeoutError, ConnectionResetError):
                pass
        return found

    def statuses(self, data):
        answer = self.send(data)
        return [int(it) for it in re.findall(rb"HTTP/1\.1 ([0-9]{3})", answer)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with (tmp_path_factory.mktemp("gunicorn") / "log").open("wb") as log:
        server = Server(log)
        until = time.monotonic() + 90
        while True:
            try:
                server.open().close()
                break
            except OSError:
                assert server.process.poll() is None and time.monotonic() < until
                time.sleep(0.1)
        yield server
        server.process.kill()
        server.process.wait()


def get(path=b"/nowhere", more=b"", method=b"GET"):
    end = b"Connection: close\r\n\r\n"
    https = b"X-Forwarded-Proto: https\r\n"
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + https + more + end


SMUGGLED = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
AMBIGUOUS = {
    "two lengths": get(more=b"Content-Length: 1\r\nContent-Length: 40\r\n") + SMUGGLED,
    "lengths in a list": get(more=b"Content-Length: 1, 40\r\n") + SMUGGLED,
    "length and chunks": get(more=b"Content-Length: 5\r\n" + CHUNKED)
    + b"0\r\n\r\n"
    + SMUGGLED,
    "chunks twice": get(more=CHUNKED + CHUNKED) + b"0\r\n\r\n" + SMUGGLED,
    "other coding": get(more=b"Transfer-Encoding: xchunked\r\n") + SMUGGLED,
    "a length with a sign": get(more=b"Content-Length: +5\r\n") + SMUGGLED,
    "space before the colon": get(more=b"Content-Length : 5\r\n") + SMUGGLED,
    "folded": get(more=b"X: 1\r\n Content-Length: 5\r\n") + SMUGGLED,
    "bare line feed": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "bad method": get(method=b"GE\x00T"),
    "small method": get(method=b"get"),
    "two hosts": get(more=HOST),
    "long line": get(b"/" + b"x" * 5000),
    "long header": get(more=b"X: " + b"x" * 9000 + b"\r\n"),
    "many headers": get(more=b"".join(b"X-%d: 1\r\n" % n for n in range(80))),
    "a header with NUL": get(more=b"X: a\x00b\r\n"),
    "a name of ours is not its": b"GET / HTTP/1.1\r\nHost: evil.example\r\n"
    b"Connection: close\r\n\r\n",
}


def test_where_a_request_ends_is_never_in_doubt(server):
    """One refusal, and what hangs behind is never taken for a request of its own."""
    statuses = {name: server.statuses(data) for name, data in AMBIGUOUS.items()}

    wrong = {
        name: it
        for name, it in statuses.items()
        if not (len(it) == 1 and 400 <= it[0] < 600 and it[0] != 503)
    }
    assert wrong == {}
    assert server.statuses(get()) == [404]


def test_only_django_reads_what_a_proxy_says_and_nobody_sets_the_path(server):
    """Names with `_` could pass for ours: PATH_INFO would lead round a proxy's rules."""
    plain = get().replace(b"X-Forwarded-Proto: https\r\n", b"")
    assert server.statuses(plain) == [301]
    for other in (b"X-Forwarded-Ssl: on", b"X-Forwarded-Protocol: ssl",
                  b"X_Forwarded_Proto: https"):  # fmt: skip
        more = other + b"\r\nConnection: close\r\n"
        spoken = plain.replace(b"Connection: close\r\n", more)
        assert server.statuses(spoken) == [301], other
    for other in (b"PATH_INFO: /healthz", b"SCRIPT_NAME: /x", b"Path-Info: /healthz"):
        assert server.statuses(get(more=other + b"\r\n")) == [404], other


def test_nothing_is_traced_and_no_version_told(server):
    answer = server.send(get(b"/", b"X-Mark: mirror\r\n", b"TRACE"))

    assert b" 405 " in answer and b"mirror" not in answer
    assert re.search(rb"(?im)^server: .*[0-9]", answer) is None


@pytest.mark.long
def test_those_who_fall_silent_hold_no_thread_for_good(server):
    """As many as there are threads say no more: soon others are answered.

    More of them are for a proxy to hold off, which reads a request before it passes it on.
    """
    silent = [server.open() for _n in range(4)]
    for line in silent:
        line.sendall(b"GET / HTTP/1.1\r\nHost: loc")

    begun = time.monotonic()
    answered = server.statuses(get())
    waited = time.monotonic() - begun

    for line in silent:
        line.close()
    assert answered == [404]
    assert 5 < waited < 40
