"""Make .venv and install what a file pins: `python3 config/install.py FILE STAMP`.

Needs nothing but Python with venv. One at a time: a second start waits for the first.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")


def install(pinned: Path, stamp: Path) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  An older one gets a sentence.
        sys.exit("Four Grassroots needs Python 3.11 or newer.")
    with Path(".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.stat().st_mtime >= pinned.stat().st_mtime:
            return
        python = str(VENV / "bin" / "python")
        if not _is_whole(python):
            _make()
        print(f"Installing {pinned} …", flush=True)
        command = [python, "-m", "pip", "install", "--quiet"]
        command += [
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(pinned),
        ]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"{pinned} could not be installed; see above.")
        stamp.touch()


def _is_whole(python: str) -> bool:
    if not Path(python).exists():
        return False
    command = [python, "-m", "pip", "--version"]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _make() -> None:
    """Make it anew: a start that was interrupted may have left half of one."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("No .venv could be made: install python3-venv.")


if __name__ == "__main__":
    install(Path(sys.argv[1]), Path(sys.argv[2]))
