import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from cadres.models import Account

ADD = re.compile(r"add_([a-z_]+)")
DROP = re.compile(r"drop_([a-z_]+)")
MOST_ROWS = 20


class AuthedRequest(HttpRequest):
    """A request whose user is signed in: what every view behind the login gets."""

    user: Account


def way_to(request: HttpRequest, wanted: str) -> str:
    """The page that someone is to be led to, if it is one of ours; else nothing.

    A path: any other word would be taken for the name of an address.
    """
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as its tries are counted.

    Of IPv6 the network alone: one line has 2^64 addresses to choose from.
    """
    text: str = get_adapter(request).get_client_ip(request)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:  # a proxy of ours that says it in words
        return text
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def changes_rows(request: HttpRequest) -> bool:
    """Whether a button was pressed that adds or drops a row and saves nothing."""
    return any(ADD.fullmatch(name) or DROP.fullmatch(name) for name in request.POST)


def row_count(data: Mapping[str, Any], prefix: str) -> int:
    """How many rows a page sent, as far as it can be believed."""
    text = str(data.get(f"{prefix}-TOTAL_FORMS", ""))
    return min(int(text), MOST_ROWS) if re.fullmatch("[0-9]{1,4}", text) else 0


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, if anything, with what its buttons do to the rows.

    `add_posts=1` adds a row to the set `posts`; `drop_posts=2` takes its third row out.
    """
    if request.method != "POST":
        return None
    data = request.POST.copy()
    for name in request.POST:
        if found := ADD.fullmatch(name):
            total = min(row_count(data, found[1]) + 1, MOST_ROWS)
            data[f"{found[1]}-TOTAL_FORMS"] = str(total)
        elif found := DROP.fullmatch(name):
            row = str(data.get(name, ""))
            if re.fullmatch("[0-9]{1,2}", row):
                data[f"{found[1]}-{row}-DELETE"] = "on"
    return data
