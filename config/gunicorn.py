"""The production server: a few processes with a few threads each."""

import gc
import importlib
import os
import shutil
import socket
import struct
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_host = os.environ.get("HOST") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Whether a proxy in front speaks HTTPS is read by Django alone (BEHIND_PROXY): here no
# header changes the path or the scheme of a request.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# Seconds without a byte to or from a client. A proxy in front waits for slow ones; this
# keeps those that reach us nevertheless from holding a thread for good.
SILENCE = 10
# The address of a page may hold what someone searched for: no access log here.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# Loaded once, before the workers part: they share its memory.
preload_app = True
# No page keeps the database busy, or others waiting, for longer. libpq reads it; jobs
# and commands, which may take their time, are not started from here.
os.environ.setdefault(
    "PGOPTIONS",
    "-c statement_timeout=20s -c lock_timeout=10s"
    " -c idle_in_transaction_session_timeout=60s -c jit=off",
)

# Say in one sentence what is missing, before anything else fails for it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    settings.INSTALLED_APPS  # noqa: B018
except ImproperlyConfigured as error:
    sys.exit(f"Four Grassroots cannot start. {error}")


# A line of the server's own looks as all others do.
logconfig_dict = settings.LOGGING
# Figures of all processes are added up; see config/metrics.py.
_figures = settings.VAR_DIR / f"metrics-{_port}"
if settings.METRICS_TOKEN or settings.METRICS_ALLOW:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_figures)


def on_starting(server: object) -> None:
    shutil.rmtree(_figures, ignore_errors=True)
    _figures.mkdir(mode=0o700, parents=True)


def when_ready(server: Any) -> None:
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            # The connections that it accepts take it over.
            seconds = struct.pack("ll", SILENCE, 0)
            listener.sock.setsockopt(socket.SOL_SOCKET, option, seconds)
    _load_what_all_need()
    if not server.systemd:  # for whoever started it; the journal has JSON alone
        print(f"四下基层 Four Grassroots: http://{bind}", flush=True)


def _load_what_all_need() -> None:
    """Addresses with their views, and both languages, which Django would load later."""
    from django.utils import translation

    importlib.import_module(settings.ROOT_URLCONF)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Today")
    gc.collect()
    gc.freeze()  # collecting would write to what the workers share
