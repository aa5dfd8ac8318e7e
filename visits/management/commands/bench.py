import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.urls import reverse, set_urlconf
from django.utils import timezone

from cadres.models import Account
from visits.bench.files import measure_xlsx
from visits.bench.measure import Browser, Measured, measure, memory_of
from visits.bench.pages import FLOOR, Page, World, pages_of
from visits.models import Letter, Visit

START_WITHIN = 60  # seconds
SERVER = "config.bench_settings"


class Command(BaseCommand):
    help = (
        "Measure the pages through the real server, beside their bare SQL and beside "
        "the least a page can cost. Compare figures of one run alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=1.5, help="for each load")
        parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
        parser.add_argument("--only", help="pages whose name has this in it")
        parser.add_argument(
            "--json",
            type=Path,
            default=settings.VAR_DIR / "bench.json",
            help="the file that the figures are written to",
        )
        parser.add_argument(
            "--write",
            action="store_true",
            help="also book visits and register letters, which stay: "
            "for a generated database or the demo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"] and not settings.DEMO:
            raise CommandError("--write leaves visits and letters behind: demo only.")
        with _guest() as sign_in, _server() as (base, process):
            set_urlconf("config.bench_urls")
            world = World(timezone.localdate())
            pages = [sign_in, *pages_of(world)]
            measured = []
            for page in pages:
                if not _is_wanted(page, options):
                    continue
                clients = options["clients"]
                found = measure(page, base, clients=clients, seconds=options["seconds"])
                measured.append(found)
                self.stderr.write(f"{found.name}: {found.loads[0].p50:.1f} ms")
            memory = memory_of(process)
        made = None if options["only"] else measure_xlsx(world)
        self.stdout.write(_table(measured))
        self.stdout.write(f"\nAll web processes together: {memory:.0f} MiB.")
        if made:
            self.stdout.write(
                f"An xlsx of {made.rows} letters, as the queue makes it: "
                f"{made.seconds:.1f} s, {made.size // 1024} KiB."
            )
        if world.left_out:
            self.stdout.write(f"Not there to be measured: {', '.join(world.left_out)}.")
        figures = {
            "rows": _rows(),
            "memory_mib": round(memory),
            "pages": [asdict(it) for it in measured],
            "xlsx": asdict(made) if made else None,
        }
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        options["json"].parent.mkdir(parents=True, exist_ok=True)
        options["json"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"With all figures: {options['json']}")


def _is_wanted(page: Page, options: dict[str, Any]) -> bool:
    if page.writes and page.who is not None and not options["write"]:
        return False
    only = options["only"]
    return not only or only in page.name or page.name == FLOOR


@contextmanager
def _guest() -> Iterator[Page]:
    """An account that can do nothing but sign in, and is gone afterwards."""
    name, password = f"bench-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    account = Account(username=name, name=name)
    account.set_password(password)
    account.save()
    try:
        yield Page(
            "sign in",
            None,
            reverse("account_login"),
            fill=lambda _n: {"login": name, "password": password},
            writes=True,
        )
    finally:
        account.delete()


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """The web server as the office runs it, on a free port: its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": SERVER,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    # Ours says that a command connects; the server has options of its own.
    environment.pop("PGOPTIONS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base, process)
        yield base, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_for(base: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            Browser(base, {}).ask("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError("The web server did not start.")


def _rows() -> dict[str, int]:
    """How large the database is, as PostgreSQL estimates it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)",
            [[model._meta.db_table for model in (Visit, Letter)]],
        )
        return dict(cursor.fetchall())


def _table(measured: list[Measured]) -> str:
    """Milliseconds; ratios are those of the p50 of the first load."""
    floor = next((it.loads[0].p50 for it in measured if it.name == FLOOR), 0)
    loads = measured[0].loads if measured else []
    head = ["page", "queries", "p50", "p95"]
    head += [f"req/s at {it.clients}" for it in loads]
    head += ["× SQL", "× floor", "errors"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for it in measured:
        one = it.loads[0]
        lines.append(
            [
                it.name,
                str(it.queries or ""),
                f"{one.p50:.1f}",
                f"{one.p95:.1f}",
                *(f"{load.rate:.0f}" for load in it.loads),
                f"{one.p50 / it.raw:.1f}" if it.raw else "",
                f"{one.p50 / floor:.1f}" if floor else "",
                str(sum(load.errors for load in it.loads)),
            ]
        )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
