"""Pages that belong to no app: health, language, errors."""

import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from config.permissions import roles_in_words

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
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language: in a cookie, and with the account if signed in."""
    language = request.POST.get("language", "")
    wanted = request.POST.get("next", "")
    # A path: any other word would be taken for the name of an address.
    allowed = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(wanted if allowed else "/")
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
    return render(None, "500.html", status=500)


def _later(template: str, seconds: int) -> HttpResponse:
    response = render(None, template, status=503)
    response.headers["Retry-After"] = str(seconds)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
