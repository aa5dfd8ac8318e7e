"""How often one may ask for what is dear, or could carry much away.

Whoever is signed in is counted by account, a stranger by address. How much is too much
stands in `settings.LIMITS`; sign-in has limits of its own (`config.accounts`).
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cadres.http import address_of
from visits.models import LookupTry

# Kind of limit → names of addresses; of those with POST, only what is sent counts.
ADDRESSES = {
    "search": (
        "visits:search visits:letter_search cadres:cadre_list cadres:unit_list "
        "cadres:account_list"
    ),
    "pick": (
        "cadres:cadre_pick cadres:place_pick cadres:unit_pick visits:letter_hints "
        "visits:letter_official_pick visits:letter_unit_pick visits:visit_check "
        "visits:board_look"
    ),
    "report": (
        "visits:report_actions visits:report_burden visits:report_districts "
        "visits:report_caseload visits:report_letter_rows visits:report_official "
        "visits:report_officials visits:report_petition visits:report_rows "
        "visits:report_topics visits:report_units visits:filed_compare "
        "visits:where_to_go"
    ),
    "file": (
        "visits:report_export/POST visits:report_file/POST visits:export_take "
        "visits:export_again visits:record_file visits:visit_matters_docx "
        "visits:visit_matters_xlsx visits:visit_briefing"
    ),
    "identity": (
        "visits:letter_open_identity visits:letter_files_open visits:sealed_open "
        "visits:letter_correct_look visits:data_request_detail/POST"
    ),
    "upload": "visits:letter_files/POST visits:paper_template/POST",
    "public": (
        "visits:lookup visits:lookup_data visits:lookup_leave visits:lookup_matter "
        "visits:lookup_pressure visits:lookup_rate visits:lookup_reported visits:word "
        "visits:word_matter visits:word_thanks visits:session_notice visits:feed_read"
    ),
}
# What proves who someone is stands on no page.
UNREPEATED = re.compile("csrfmiddlewaretoken|confirm-.*|.*password.*")
KINDS = {name: kind for kind, names in ADDRESSES.items() for name in names.split()}


def Limited(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:  # noqa: N802
    """Answer 429 instead of the page to whoever asks too often."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        kind = KINDS.get(name) or KINDS.get(f"{name}/{request.method}", "")
        most, seconds = settings.LIMITS.get(kind, (0, 0))
        if not most:
            return None
        who = f"account/{request.user.pk}" if request.user.pk else address_of(request)
        within = timedelta(seconds=seconds)
        tries = LookupTry.count(f"{kind}/{who}", now=timezone.now(), within=within)
        return too_often(request, seconds) if tries > most else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """Say when it opens again; what was typed waits on the page to be sent again."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not UNREPEATED.fullmatch(name)
    ]
    context = {"minutes": -(-seconds // 60), "typed": typed, "had_files": request.FILES}
    page = render(request, "429_often.html", context, status=429)
    page.headers["Retry-After"] = str(seconds)
    page.headers["Cache-Control"] = "private, no-store"
    return page
