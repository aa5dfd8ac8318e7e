"""A whole service of its own: PostgreSQL, gunicorn and worker, under `config.serve`."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import psycopg
from django.conf import settings

from config import embedded
from tests.kill.clients import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN = 40 * PATIENCE  # seconds, on a machine that is busy with other tests
NAME = "kill"


class Service:
    def __init__(self, folder: Path, **environment: str):
        self.var, self.files = folder / "var", folder / "files"
        self.var.mkdir()
        for name in ("secret_key", "identity_key"):
            shutil.copy(settings.VAR_DIR / name, self.var / name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kept = {
            key: value
            for key, value in os.environ.items()
            if key
            not in ("DATABASE_URL", "DATABASE_NAME", "FILES_DIR", "IDENTITY_KEYS")
        }
        self.environment = kept | {
            "VAR_DIR": str(self.var),
            "DATABASE_NAME": NAME,
            "FILES_DIR": str(self.files),
            "DEMO": "0",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "tests.kill.settings",
            "LIMITS": "upload=0/60",  # one person sends all files
            **environment,
        }
        self.database = embedded.database(self.var, NAME)
        self.log = folder / "serve.log"
        self.process = None

    def copy_of(self, source):
        """Fill the database with what is in another one."""
        programs = Path(embedded.programs()[0])
        dump = subprocess.run(
            [
                *(programs / "pg_dump", "-Fc", "-h", source["HOST"]),
                *("-U", source["USER"], source["NAME"]),
            ],
            check=True,
            capture_output=True,
        ).stdout
        subprocess.run(
            [
                *(programs / "pg_restore", "-h", self.database["HOST"]),
                *("-U", "postgres", "--no-owner", "-1", "-d", NAME),
            ],
            input=dump,
            check=True,
        )
        self.run("grant_application")

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.wait_until_up()

    def run(self, *command):
        """One command of manage.py, beside the service."""
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def answers(self):
        try:
            address = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=3) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_up(self):
        """Seconds until /healthz was good."""
        begun = time.monotonic()
        while not self.answers():
            passed = time.monotonic() - begun
            assert passed < UP_WITHIN, self.log.read_text()[-3000:]
            time.sleep(0.1)
        return time.monotonic() - begun

    def victims(self):
        """Process ids by what they are."""
        found = {"master": [], "web": [], "worker": [], "postgres": []}
        for child in psutil.Process(self.process.pid).children():
            try:
                words = child.cmdline()
            except psutil.Error:
                continue  # it has just died
            if "gunicorn" in words:
                found["master"].append(child.pid)
                found["web"] += [it.pid for it in child.children()]
            elif "procrastinate" in words:
                found["worker"].append(child.pid)
        pid = self.pid_of_postgres()
        found["postgres"] = [pid] if pid else []
        return found

    def pid_of_postgres(self):
        home = Path(self.database["HOST"])
        for file in (home.parent / "data" / "postmaster.pid", self._home_file()):
            if file.exists():
                return int(file.read_text().splitlines()[0])
        return None

    def _home_file(self):
        pointer = self.var / "postgres.path"
        home = Path(pointer.read_text().strip()) if pointer.exists() else self.var
        return home / "data" / "postmaster.pid"

    def kill(self, what):
        """kill -9 of one such process; whether there was one."""
        pids = self.victims()[what]
        if pids:
            os.kill(random.choice(pids), signal.SIGKILL)
        return bool(pids)

    def ask(self, statement, *values):
        """Rows of the database, past the service."""
        with psycopg.connect(
            host=self.database["HOST"],
            user="postgres",
            dbname=NAME,
            autocommit=True,
            options="-c default_transaction_read_only=off",
        ) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def remove(self):
        self.stop()
        embedded.remove(self.var)
