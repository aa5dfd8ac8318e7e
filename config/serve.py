"""Start the web server and the worker of the queue together, and stop them together.

Either one that is killed is started again; when the web server ends by itself, as when
its address is taken, so does the rest.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from django.conf import settings

from config import embedded

WEB = [
    sys.executable,
    "-m",
    "gunicorn",
    "--config",
    "config/gunicorn.py",
    "config.wsgi",
]
WORKER = [
    *(sys.executable, "manage.py", "procrastinate", "worker"),
    # One job at a time is plenty, and takes few connections.
    *("--concurrency=1", "--shutdown-graceful-timeout=10"),
]
DATABASE = [sys.executable, "-m", "config.embedded", "start"]
# Seconds, the longer the more often it has died: with the two or three that a start
# takes, all is back within ten.
AGAIN_AFTER = (1, 2, 5)
QUIET = 60  # a worker that lived as long starts afresh at the first of these
ENOUGH = 20  # seconds to stop in
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process that is started again when it dies, the later the more often it has."""

    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    deaths: int = 0
    next_start: float = 0.0

    def tend(self) -> int | None:
        """Start it if it is time; its exit code if it has just died."""
        now, code = time.monotonic(), None
        if self.process:
            code = self.process.poll()
            if code is None:
                return None
            self.deaths = 0 if now - self.begun > QUIET else self.deaths
            self.next_start = now + AGAIN_AFTER[min(self.deaths, len(AGAIN_AFTER) - 1)]
            self.deaths += 1
            self.process = None
        elif now >= self.next_start:
            self.process, self.begun = _started(self.command), now
        return code


def main() -> int:
    """Run until the web server ends by itself or a signal comes; its exit code.

    What is killed, the web server included, is started again; so is the embedded
    PostgreSQL, but not once it was stopped in order.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    web, worker, database = Child(WEB), Child(WORKER), Child(DATABASE)
    code: int | None = None
    while not stopping and (code is None or code < 0):
        code = web.tend()
        worker.tend()
        if settings.EMBEDDED and (
            database.process or embedded.has_crashed(settings.VAR_DIR)
        ):
            database.tend()
        time.sleep(0.2)
    children = [it.process for it in (web, worker) if it.process]
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(ENOUGH)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0 if stopping or code is None else code


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches us alone, and we stop the children in order.
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=_die_with(os.getpid())
    )


def _die_with(parent: int) -> Callable[[], None] | None:
    """On Linux a child ends with us even when we are killed outright."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
