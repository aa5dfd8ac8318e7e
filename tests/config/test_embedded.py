"""The newcomer's PostgreSQL, through everything that ends a server."""

import os
import shutil
import signal
import stat
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import embedded


def ask(entry, question="SELECT 1"):
    with psycopg.connect(
        host=entry["HOST"], user=entry["USER"], dbname=entry["NAME"], autocommit=True
    ) as connection:
        return connection.execute(question).fetchall()


def write(entry, statement):
    with psycopg.connect(
        host=entry["HOST"], user=entry["USER"], dbname=entry["NAME"], autocommit=True
    ) as connection:
        connection.execute(statement)


def pid_of(var):
    pid_file = embedded._home(var) / "data" / "postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


@pytest.fixture(scope="module")
def outside():
    """Where clusters and programs go when the way to `var` is closed to the server."""
    state = embedded.SHORT_PATHS / f"四下 {os.getpid()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "STATE_DIR", state)
        yield state
    shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="module")
def var(outside, tmp_path_factory):
    """One cluster for this module, below a space and Chinese characters."""
    where = tmp_path_factory.mktemp("my 四下") / "var"
    yield where
    embedded.remove(where)


@pytest.fixture
def another(outside, tmp_path):
    """A place for a cluster of one's own: making one takes seconds."""
    where = tmp_path / "var"
    yield where
    embedded.remove(where)


@pytest.fixture
def running(var):
    return embedded.database(var)


def test_database_starts_a_server_that_knows_chinese_and_case(var, running):
    assert ask(running, "SELECT lower('Ä'), length('四下𠮷')") == [("ä", 3)]
    assert ask(running, "SHOW listen_addresses") == [("",)]


def test_database_leaves_a_running_server_alone(var, running):
    before = pid_of(var)

    assert embedded.database(var) == running
    assert pid_of(var) == before


def test_a_second_database_stands_beside_the_first_in_the_same_server(var, running):
    before = pid_of(var)

    second = embedded.database(var, "city")

    assert ask(second, "SELECT current_database()") == [("city",)]
    assert ask(running, "SELECT current_database()") == [(embedded.NAME,)]
    assert pid_of(var) == before


def test_database_comes_back_with_its_data_after_a_kill(var, running):
    write(running, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(pid_of(var), signal.SIGKILL)

    again = embedded.database(var)

    assert ask(again, "SELECT answer FROM kept") == [(42,)]


def test_database_comes_back_when_the_pid_file_names_a_stranger(var, running):
    """After the restart of a container, a low number is soon another process's."""
    pid_file = embedded._home(var) / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    assert embedded.stop(var)
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

    assert ask(embedded.database(var)) == [(1,)]


def test_stop_stops_once_and_data_stays(var, running):
    write(running, "CREATE TABLE stays ()")

    assert embedded.stop(var) is True
    assert embedded.stop(var) is False

    assert ask(embedded.database(var), "SELECT * FROM stays") == []


def test_stop_never_signals_a_stranger(var, running):
    pid_file = embedded._home(var) / "data" / "postmaster.pid"
    assert embedded.stop(var)
    pid_file.write_text(f"{os.getpid()}\n")

    assert embedded.stop(var) is False  # and this test goes on


def test_start_waits_for_a_server_that_is_still_stopping(var, running):
    connection = psycopg.connect(
        host=running["HOST"], user="postgres", dbname=running["NAME"]
    )
    os.kill(pid_of(var), signal.SIGINT)
    connection.close()

    assert ask(embedded.database(var)) == [(1,)]


def test_interrupted_first_start_is_made_again(another):
    home = embedded._home(another)
    for half in (home / "data", home / "data.new"):
        half.mkdir(parents=True)
        (half / "postgresql.conf").write_text("nonsense")

    assert ask(embedded.database(another)) == [(1,)]


def test_start_interrupted_before_the_database_is_made(var, running):
    with psycopg.connect(
        host=running["HOST"], user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"DROP DATABASE {embedded.NAME}")

    assert ask(embedded.database(var)) == [(1,)]


def test_path_too_long_for_a_socket_gets_a_short_one(another, monkeypatch):
    monkeypatch.setattr(embedded, "STATE_DIR", embedded.STATE_DIR / ("很深的目录" * 5))
    deep = another / ("很深的目录" * 5) / "var"

    entry = embedded.database(deep)

    try:
        assert len(os.fsencode(entry["HOST"])) < 90
        assert ask(entry) == [(1,)]
    finally:
        embedded.remove(deep)
    assert not Path(entry["HOST"]).exists()


def test_a_narrow_umask_does_not_close_the_way_to_the_programs(tmp_path, monkeypatch):
    state = tmp_path / "state"
    monkeypatch.setattr(embedded, "STATE_DIR", state)
    before = os.umask(0o077)
    try:
        _home, programs = embedded._move_out(tmp_path, embedded._programs())
    finally:
        os.umask(before)

    between = programs.relative_to(state).parents
    assert [stat.S_IMODE((state / it).stat().st_mode) & 0o055 for it in between] == [
        0o055
    ] * len(between)


def test_short_socket_of_someone_else_is_refused(tmp_path, monkeypatch):
    home = tmp_path / ("很深的目录" * 8)
    monkeypatch.setattr(embedded, "SHORT_PATHS", tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    embedded.socket_of(home).symlink_to(elsewhere)

    with pytest.raises(ImproperlyConfigured, match="belongs to someone else"):
        embedded._make_socket_dir(home, None)


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path):
    key, password = embedded.secret_key(tmp_path), embedded.demo_password(tmp_path)

    assert len(key) >= 50
    assert len(password) == 19
    assert embedded.secret_key(tmp_path) == key
    assert embedded.demo_password(tmp_path) == password
    for name in ("secret_key", "demo_password"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_secret_that_was_interrupted_is_made_whole(tmp_path):
    (tmp_path / "secret_key.new").write_text("half")

    assert len(embedded.secret_key(tmp_path)) >= 50


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://postgres@/name?host=/run/my%20sockets", "/run/my sockets"),
        ("postgresql://me:secret@db.example:5433/name", "db.example"),
    ],
)
def test_from_url_takes_a_socket_directory_or_a_host(url, host):
    entry = embedded.from_url(url)

    assert (entry["HOST"], entry["NAME"]) == (host, "name")
    assert "host" not in entry["OPTIONS"]
