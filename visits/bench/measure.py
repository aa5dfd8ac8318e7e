"""Asks for a page again and again, over HTTP and as the bare SQL behind it."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from lxml import html

from cadres.models import Account
from visits.bench.pages import Form, Page

LEAST = 15  # requests for each figure, however slow
MOST = 4_000
REPLAYS = 5
TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class Load:
    """What `clients` saw who asked one after the other, all at once; in ms."""

    clients: int
    p50: float
    p95: float
    rate: float  # requests per second
    errors: int


@dataclass(frozen=True)
class Measured:
    name: str
    queries: int
    raw: float | None  # ms of the page's SELECTs alone, one after the other
    loads: list[Load]
    size: int  # bytes of the page


class Browser:
    """One connection that is kept, with the cookies of one person."""

    def __init__(self, base: str, cookies: dict[str, str]) -> None:
        self.base = urlsplit(base)
        self.cookies = dict(cookies)
        self.connection = self._connected()

    def _connected(self) -> http.client.HTTPConnection:
        host, port = self.base.hostname or "", self.base.port
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT)

    def ask(self, url: str, form: Form | None = None) -> tuple[int, bytes, str]:
        """Status, page, and where it leads to."""
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Language": "zh-hans",
        }
        body = None
        if form is not None:
            body = urlencode(form, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = self.base.geturl() + url
        method = "GET" if form is None else "POST"
        try:
            self.connection.request(method, url, body, headers)
            response = self.connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            # The server may end a connection that it kept; a browser asks again.
            self.connection.close()
            self.connection = self._connected()
            self.connection.request(method, url, body, headers)
            response = self.connection.getresponse()
        page = response.read()
        for header in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return response.status, page, response.headers.get("Location", "")

    def form_at(self, url: str, page: Page) -> Form:
        """What the form there that has the fields to be filled would send as it is."""
        _status, text, _location = self.ask(url)
        changed = set(page.fill(0)) if page.fill else set()
        forms = [
            it
            for it in html.document_fromstring(text).forms
            if it.method == "POST" and (not page.to or it.action == page.to)
        ]
        form = max(forms, key=lambda it: len(changed & set(it.fields)))
        sent: Form = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value)
        return sent


@contextmanager
def signed_in(account: Account | None) -> Iterator[dict[str, str]]:
    """Cookies of a session of this person, which ends with the block."""
    if account is None:
        yield {}
        return
    client = Client()
    client.force_login(account)
    try:
        name = settings.SESSION_COOKIE_NAME
        yield {name: client.cookies[name].value}
    finally:
        client.logout()


def measure(page: Page, base: str, *, clients: list[int], seconds: float) -> Measured:
    """Every figure of one page. What it writes stays where it was written."""
    with signed_in(page.who) as cookies:
        browser = Browser(base, cookies)
        url, form = page.url, None
        if page.fill:
            form = browser.form_at(page.url, page)
        if page.follows and page.fill and form is not None:
            _status, _page, url = browser.ask(page.to, form | page.fill(0))
        writing = page.fill if page.writes else None
        _status, first, _location = browser.ask(url)
        attempts = _Attempts(writing, form)
        loads = [
            _load(base, browser.cookies, url, attempts, count, seconds)
            for count in clients
        ]
        sql = _statements(url, cookies)
    raw = None if writing else _replayed(sql)
    return Measured(page.name, len(sql), raw, loads, len(first))


class _Attempts:
    """Numbers the requests of all clients, so that no two send the same."""

    def __init__(self, fill: Callable[[int], Form] | None, form: Form | None) -> None:
        self.fill, self.form = fill, form
        self.number = 0
        self.lock = threading.Lock()

    def next(self) -> Form | None:
        if self.fill is None or self.form is None:
            return None
        with self.lock:
            self.number += 1
            return self.form | self.fill(self.number)


def _load(
    base: str,
    cookies: dict[str, str],
    url: str,
    attempts: _Attempts,
    clients: int,
    seconds: float,
) -> Load:
    wanted = 302 if attempts.fill else 200
    times: list[float] = []
    errors: list[int] = []
    begun = time.perf_counter()

    def go_on() -> None:
        browser = Browser(base, cookies)
        browser.ask("/healthz")
        mine: list[float] = []
        wrong = 0
        until = begun + seconds
        least = max(LEAST // clients, 2)
        while len(mine) < MOST and (
            time.perf_counter() < until or len(mine) + wrong < least
        ):
            form = attempts.next()
            browser.cookies = dict(cookies)
            start = time.perf_counter()
            try:
                status, _page, _location = browser.ask(url, form)
            except OSError:
                status = 0
            if status == wanted:
                mine.append(1000 * (time.perf_counter() - start))
            else:
                wrong += 1
        times.extend(mine)
        errors.append(wrong)
        browser.connection.close()

    threads = [threading.Thread(target=go_on) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - begun
    if not times:
        return Load(clients, 0, 0, 0, sum(errors))
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    rate = len(times) / lasted
    return Load(clients, statistics.median(ordered), p95, rate, sum(errors))


def _statements(url: str, cookies: dict[str, str]) -> list[tuple[str, Any]]:
    """What the page asks the database, the second time that it is opened."""
    seen: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies.load(cookies)
    client.get(url)
    with connection.execute_wrapper(keep):
        client.get(url)
    return seen


def _replayed(statements: list[tuple[str, Any]]) -> float:
    """Milliseconds in which the bare driver asks the same and reads the answers."""
    reads = [it for it in statements if it[0].lstrip("( ").startswith("SELECT")]
    times = []
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        for _number in range(REPLAYS):
            start = time.perf_counter()
            for sql, params in reads:
                cursor.execute(sql, params)
                cursor.fetchall()
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def memory_of(process: int) -> float:
    """MiB that a process and its children hold, shared pages counted once."""
    total = 0
    for pid in [process, *_children(process)]:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(it.split()[1]) for it in lines if it.startswith("Pss:"))
    return total / 1024


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    found = [int(it) for task in tasks for it in task.read_text().split()]
    return found + [below for it in found for below in _children(it)]
