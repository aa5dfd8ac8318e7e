"""A real Chromium in front of the live server.

A page that asks another host, writes an error to its console or breaks the content
security policy fails its test, whatever else the test looks at.
"""

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

HERE = Path(__file__).parent
# A machine without a screen, and nothing that calls home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
# The address of one visit, which no other page has.
VISIT = re.compile(r"/visits/[0-9A-Z]{8}/$")
VIEWPORTS = {"desktop": DESKTOP, "phone": PHONE}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def async_unsafe():
    """Playwright runs a loop in our thread, for which Django would refuse its ORM.

    The loop runs on until the worker ends, so this stays, too.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.fail(
            "There is no chromium on this machine: run tests/install-programs.sh",
            pytrace=False,
        )
    return {**browser_type_launch_args, "executable_path": chromium, "args": ARGUMENTS}


IN_USE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@pytest.fixture(autouse=True)
def settled(transactional_db):
    """Tables are emptied when the last answer to a page that is closed now is out."""
    yield
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute(IN_USE)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
    pytest.fail("A request of this test has not ended after ten seconds.")


class Watch:
    """Notes what pages do that none of ours may do."""

    def __init__(self, origin):
        self.origin = origin
        self.faults = []
        # Answers of 4xx that a test provokes on purpose; a browser calls them errors.
        self.expected = {422}

    def on(self, context):
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda it: self.faults.append(f"script: {it.error}"))

    def _request(self, request):
        local = (self.origin, "data:", "blob:", "about:")
        if not request.url.startswith(local):
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status} for {response.url}")

    def _console(self, message):
        # What the server answered is judged by its status, above; and a page that is
        # left breaks off what it was asking for.
        harmless = ("Failed to load resource", "AbortError: signal is aborted")
        if message.type == "error" and not any(it in message.text for it in harmless):
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def watch(live_server):
    watch = Watch(live_server.url)
    yield watch
    assert watch.faults == []


@pytest.fixture
def open_context(live_server, new_context, watch):
    """A browser of someone's own: `open_context(account, language="en", …)`."""

    def opened(account=None, *, language="zh-hans", viewport=DESKTOP, **options):
        context = new_context(
            base_url=live_server.url, viewport=viewport, locale="en-GB", **options
        )
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if account:
            client = Client()
            client.force_login(account)
            name = settings.SESSION_COOKIE_NAME
            cookies[name] = client.cookies[name].value
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        watch.on(context)
        return context

    return opened
