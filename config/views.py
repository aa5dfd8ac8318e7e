"""Pages that belong to no app: health, language, errors."""

import sys
from collections.abc import Sequence
from typing import Any

from allauth.account.views import LoginView, logout
from allauth.mfa.webauthn.views import login_webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from cadres.http import way_to
from config.logs import request_id
from config.permissions import roles_in_words
from visits.reports.operation import disk, jobs_now, missing_migrations

SIGN_IN = LoginView.as_view()
AFTER_SLOW, AFTER_AWAY = 60, 15  # seconds until it is worth asking again


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the database answers: 200 or 503. Needs no sign-in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether all is well: 200, or 503 with what is not. Needs no sign-in."""
    now = timezone.now()
    try:
        checks = {
            "database": True,
            "migrations": not missing_migrations(),
            "queue": not jobs_now(now=now).is_late(now=now),
            "disk": not disk().is_low,
        }
    except Error:
        checks = {"database": False}
    is_ready = all(checks.values())
    words = {name: "ok" if good else "not ok" for name, good in checks.items()}
    answer = {"status": "ready" if is_ready else "not ready", **words}
    return JsonResponse(answer, status=200 if is_ready else 503)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language: in a cookie, and with the account if signed in."""
    language = request.POST.get("language", "")
    response = redirect(way_to(request, request.POST.get("next", "")) or "/")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 86400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, in words."""
    return render(request, "roles.html", {"roles": roles_in_words()})


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """allauth's own; it shows the way to the office's identity provider, if any."""
    name = settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else ""
    response: HttpResponse = SIGN_IN(request, provider_name=name)
    return response


@login_not_required
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """allauth's own, open to those who are not signed in yet."""
    response: HttpResponse = login_webauthn(request)
    return response


def sign_out(request: HttpRequest) -> HttpResponse:
    """allauth's own; the browser also forgets the pages it has seen here."""
    response: HttpResponse = logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_safe
def to_security(request: HttpRequest) -> HttpResponse:
    return redirect("mfa_index")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("img/favicon.ico"), permanent=False)


@requires_csrf_token
@login_not_required
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def not_allowed(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    page = render(request, "405.html", status=405)
    page.headers["Allow"] = ", ".join(allowed)
    return page


@login_not_required
def too_large(request: HttpRequest) -> HttpResponse:
    """Comes before sessions and language: nothing is known of who asks."""
    most = settings.REQUEST_MAX_BYTES // 2**20
    return render(None, "413.html", {"most": most}, status=413)


@requires_csrf_token
@login_not_required
def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
@login_not_required
def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor a user: either may be what has failed.

    Django calls it while it handles the exception. What will pass by itself is a 503:
    a database that is away or only reads, and a question that took too long.
    """
    failure = sys.exc_info()[1]
    cause = failure.__cause__ if isinstance(failure, Error) else None
    if isinstance(cause, QueryCanceled):
        return _later("503_slow.html", AFTER_SLOW)
    away = isinstance(failure, OperationalError | InterfaceError)
    if away or isinstance(cause, ReadOnlySqlTransaction):
        return _later("503.html", AFTER_AWAY)
    return _broken("500.html", 500)


def _later(template: str, seconds: int) -> HttpResponse:
    response = _broken(template, 503)
    response.headers["Retry-After"] = str(seconds)
    return response


def _broken(template: str, status: int) -> HttpResponse:
    """With the reference under which the administrator finds it in the log."""
    return render(None, template, {"reference": request_id.get()}, status=status)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
