"""Each request has an id; it is timed and counted; what is slow leaves a line."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config import metrics
from config.logs import request_id

log = logging.getLogger("config.watch")
HEADER = "X-Request-ID"
READABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
LONGEST_SHAPE = 600  # characters of a statement in the log
LITERALS = re.compile(r"'(?:[^']|'')*'|\$\$.*?\$\$|\b\d+(?:\.\d+)?\b", re.DOTALL)


def WatchRequests(  # noqa: N802
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Outermost of all: what any other layer answers has its id and its figures."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        found = request_id.set(id_of(request))
        queries = Queries()
        begun = time.perf_counter()
        try:
            with ExitStack() as stack:
                for connection in connections.all(initialized_only=False):
                    stack.enter_context(connection.execute_wrapper(queries))
                response = get_response(request)
            _note(request, response, time.perf_counter() - begun, queries.count)
            response.headers[HEADER] = request_id.get()
        finally:
            request_id.reset(found)
        return response

    return middleware


def id_of(request: HttpRequest) -> str:
    """The proxy's, if there is one that we trust; else a new one."""
    given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
    return given if READABLE.fullmatch(given) else secrets.token_hex(8)


def view_of(request: HttpRequest) -> str:
    """The name of an address, never the address itself: it may hold what was typed."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "none"


def _note(
    request: HttpRequest, response: HttpResponseBase, seconds: float, queries: int
) -> None:
    view, method = view_of(request), request.method or ""
    method = method if method in metrics.METHODS else "other"
    metrics.note_request(view, method, response.status_code, seconds, queries)
    limit = settings.SLOW_REQUEST_MS
    if limit is not None and seconds * 1000 >= limit:
        log.log(
            logging.WARNING if limit else logging.INFO,
            "slow request" if limit else "request",
            extra={
                "figures": {
                    "view": view,
                    "method": method,
                    "status": response.status_code,
                    "ms": round(seconds * 1000),
                    "queries": queries,
                }
            },
        )


class Queries:
    """Counts a request's statements; one that is slow is logged without its values."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        self.count += 1
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = (time.perf_counter() - begun) * 1000
            if settings.SLOW_QUERY_MS is not None and took >= settings.SLOW_QUERY_MS:
                figures = {"ms": round(took), "statement": shape_of(str(sql))}
                log.warning("slow query", extra={"figures": figures})


def shape_of(sql: str) -> str:
    """The statement without any value: parameters stand apart, literals become “?”."""
    return " ".join(LITERALS.sub("?", sql).split())[:LONGEST_SHAPE]
