"""Where browsers tell what our content security policy kept them from (`/csp-report`).

Anyone may send them, so little is read, seldom, and nothing of it names a record. It is
answered before sessions and forms are looked at (`config.middleware.HealthFirst`).
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from cadres.http import address_of
from config.metrics import note_violation
from visits.models import LookupTry, PolicyReport
from visits.rules.policy_reports import violations_in

LARGEST = 2**14  # bytes of a message


@login_not_required
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """Keep the kinds of violations of a message; 204 whatever it was, 413 if large."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return HttpResponse(status=413)
    now = timezone.now()
    try:
        if _is_too_often(request):
            return HttpResponse(status=429)
        for it in violations_in(request.read(LARGEST)):
            note_violation(it.directive)
            PolicyReport.note(
                directive=it.directive,
                blocked=it.blocked,
                view=_view_of(it.path),
                on=timezone.localdate(now),
            )
    except Error:
        pass  # a report is not worth more than the page it came from
    return HttpResponse(status=204)


def _is_too_often(request: HttpRequest) -> bool:
    most, seconds = settings.LIMITS["csp"]
    tries = LookupTry.count(
        f"csp/{address_of(request)}",
        now=timezone.now(),
        within=timedelta(seconds=seconds),
    )
    return 0 < most < tries


def _view_of(path: str) -> str:
    """The name of the page, which says of no record which one it was."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
