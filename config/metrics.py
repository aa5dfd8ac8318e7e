"""Figures for Prometheus, over all processes of the web server together.

Each process writes its own into files of a folder that `config/gunicorn.py` empties
before it starts; whoever is asked adds them up. What stands in the database is read
when it is asked for.
"""

import hmac
import ipaddress
import os
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from visits.reports.operation import operation

METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
COUNTS = (2, 5, 10, 20, 40, 80)

REQUESTS = Counter(
    "grassroots_requests_total", "Answers.", ["view", "method", "status"]
)
DURATION = Histogram(
    "grassroots_request_seconds", "Time to answer.", ["view"], buckets=SECONDS
)
QUERIES = Histogram(
    "grassroots_request_queries", "Statements per request.", ["view"], buckets=COUNTS
)
VIOLATIONS = Counter(
    "grassroots_csp_violations_total", "Told by browsers.", ["directive"]
)


def note_violation(directive: str) -> None:
    if settings.METRICS_TOKEN or settings.METRICS_ALLOW:
        VIOLATIONS.labels(directive).inc()


def note_request(
    view: str, method: str, status: int, seconds: float, queries: int
) -> None:
    if not (settings.METRICS_TOKEN or settings.METRICS_ALLOW):
        return
    REQUESTS.labels(view, method, str(status)).inc()
    DURATION.labels(view).observe(seconds)
    QUERIES.labels(view).observe(queries)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Not found, unless a token or the asker's address allows it."""
    if not (_has_token(request) or _is_allowed(request)):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for own in (REQUESTS, DURATION, QUERIES, VIOLATIONS):
            registry.register(own)
    registry.register(FromDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(
        wanted
        and kind.lower() == "bearer"
        and hmac.compare_digest(given.encode(), wanted.encode())
    )


def _is_allowed(request: HttpRequest) -> bool:
    try:
        asker = ipaddress.ip_address(_address(request))
    except ValueError:
        return False
    return any(asker in ipaddress.ip_network(it) for it in settings.METRICS_ALLOW)


def _address(request: HttpRequest) -> str:
    """Who asks: before our own proxies, as the limits of sign-in count it."""
    known: str = request.META.get("REMOTE_ADDR", "")
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    chain = [
        it.strip() for it in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    ]
    return chain[-hops] if hops and len(chain) >= hops and chain[-1] else known


class FromDatabase:
    """What `visits.reports.operation` finds, as gauges; a database away is told so."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = operation(now=timezone.now())
        except Error:
            yield GaugeMetricFamily("grassroots_database_up", "1 or 0.", value=0)
            return
        yield GaugeMetricFamily("grassroots_database_up", "1 or 0.", value=1)
        for name, (words, value) in found.gauges().items():
            if value is not None:
                yield GaugeMetricFamily(f"grassroots_{name}", words, value=value)
