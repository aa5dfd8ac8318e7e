"""From an address to a page of a long list, and from the page to its neighbours."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from visits.reports.keyset import Page

DIGITS = 18  # of a key that a table can hold


def edges(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """`before` or `after` of `page_of`, as `?before=` and `?after=` name a row's key.

    What is no key of these rows is passed over: the answer is the first page.
    """
    for edge in ("before", "after"):
        text = request.GET.get(edge, "")
        if text.isascii() and text.isdigit() and len(text) <= DIGITS:
            row = rows.filter(pk=int(text)).first()
            return {edge: row} if row else {}
    return {}


def pager(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """What `partials/_pager.html` needs; the rest of the address stays as it is."""
    urls = {}
    for name, edge, row in (
        ("previous_url", "before", page.before),
        ("next_url", "after", page.after),
    ):
        query = request.GET.copy()
        query.pop("before", None)
        query.pop("after", None)
        if row is not None:
            query[edge] = str(row.pk)
        urls[name] = f"?{query.urlencode()}" if row is not None else ""
    return urls
