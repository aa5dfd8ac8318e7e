"""The supervisor with small stand-ins for the web server and the worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from config import serve
serve.WEB = [sys.executable, "-c", {web!r}]
serve.WORKER = [sys.executable, "-c", {worker!r}]
serve.AGAIN_AFTER = (0.1,)
sys.exit(serve.main())
"""
FOREVER = "import time; time.sleep(60)"
# Each start leaves its process id behind.
SIGNS = (
    "import os, time; open({log!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
)


def supervise(web, worker):
    code = SCRIPT.format(web=web, worker=worker)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


def wait_for(truth):
    for _attempt in range(100):
        if found := truth():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come to that")


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().split()[2] == "Z")


def started(log, count=1):
    def found():
        pids = log.read_text().split() if log.exists() else []
        return [int(pid) for pid in pids] if len(pids) >= count else None

    return wait_for(found)


def test_a_killed_worker_is_started_again_and_stops_with_the_rest(tmp_path):
    log = tmp_path / "workers"
    it = supervise(FOREVER, SIGNS.format(log=str(log)))
    [first] = started(log)
    os.kill(first, signal.SIGKILL)
    second = started(log, 2)[-1]

    it.terminate()

    assert it.wait(15) == 0
    wait_for(lambda: not lives(second))


def test_a_killed_web_server_is_started_again(tmp_path):
    log = tmp_path / "servers"
    it = supervise(SIGNS.format(log=str(log)), FOREVER)
    [first] = started(log)
    os.kill(first, signal.SIGKILL)
    second = started(log, 2)[-1]

    it.terminate()

    assert it.wait(15) == 0
    wait_for(lambda: not lives(second))


def test_when_the_web_server_ends_so_does_the_worker(tmp_path):
    log = tmp_path / "workers"
    web = "import sys, time; time.sleep(2); sys.exit(3)"
    it = supervise(web, SIGNS.format(log=str(log)))
    [worker] = started(log)

    assert it.wait(15) == 3
    wait_for(lambda: not lives(worker))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel sees to it on Linux")
def test_a_killed_supervisor_leaves_nobody_behind(tmp_path):
    log = tmp_path / "workers"
    it = supervise(FOREVER, SIGNS.format(log=str(log)))
    [worker] = started(log)

    it.kill()
    it.wait(15)

    wait_for(lambda: not lives(worker))
