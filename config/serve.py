"""Start the web server and the worker of the queue together, and stop them together.

A worker that is killed is started again; when the web server ends, so does the rest.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

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
AGAIN_AFTER = (1, 2, 5, 15, 30)  # seconds, the longer the more often it has died
QUIET = 60  # a worker that lived as long starts afresh at the first of these
ENOUGH = 20  # seconds to stop in
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run until the web server ends or a signal comes; the web server's exit code."""
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    web = _started(WEB)
    worker: subprocess.Popen[bytes] | None = _started(WORKER)
    begun, deaths, next_start = time.monotonic(), 0, 0.0
    while not stopping and web.poll() is None:
        time.sleep(0.2)
        now = time.monotonic()
        if worker and worker.poll() is not None:
            deaths = 0 if now - begun > QUIET else deaths
            next_start = now + AGAIN_AFTER[min(deaths, len(AGAIN_AFTER) - 1)]
            deaths += 1
            worker = None
        if worker is None and now >= next_start:
            worker, begun = _started(WORKER), now
    children = [it for it in (web, worker) if it]
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(ENOUGH)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0 if stopping else web.returncode


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
    sys.exit(main())
