"""What a session remembers of its last move, so that it can be taken back."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cadres.http import AuthedRequest
from visits.models import Visit

MOVED = "moved_visit"


def just_moved(request: AuthedRequest) -> dict[str, Any] | None:
    """The visit that this page is to say was moved, if it lies there unchanged."""
    before = request.session.get(MOVED)
    if not before or request.GET.get("moved") != before["visit"]:
        return None
    visit = Visit.objects.changeable_by(request.user).filter(
        reference=before["visit"], version=before["version"]
    )
    found = visit.first()
    back = request.get_full_path() if board_address(request.get_full_path()) else ""
    return {"visit": found, "back": plain_address(back)} if found else None


def board_address(address: str) -> str:
    """`address` if it is one of the board's own; else nothing."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    path = urlsplit(address).path if is_ours else ""
    return plain_address(address) if path == reverse("visits:calendar") else ""


def plain_address(address: str) -> str:
    """The address without what it says of an earlier move."""
    path, _mark, query = address.partition("?")
    kept = [it for it in query.split("&") if it and not it.startswith("moved=")]
    return "?".join(filter(None, [path, "&".join(kept)]))


def with_moved(address: str, visit: Visit) -> str:
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}moved={visit.reference}"
