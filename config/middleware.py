"""What holds for every request: headers, readable text, language, private pages."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from cadres.actions.begin_session import FACTOR, still_first
from cadres.models.session import STATE
from config.known_browser import remember_browser
from config.policy_reports import policy_report
from config.views import bad_request, healthz, not_allowed, readyz, too_large

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
DRAIN_SECONDS = 20
TOUCHES = 40  # a session is written at most so often in the time it may be idle
# Asked for by scripts, again and again: no sign that someone is there.
POLLED = {"visits:notice_count"}
# What opens before a second factor or a new password is set.
BEFORE_ALL_ELSE = {
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_view_recovery_codes",
    "openid_connect_confirm",
    "session_end",
    "sessions_end",
    "set_language",
}
AFTER_TRIES = 300  # seconds: the limits of sign-in are those of five minutes
LONGEST_NEXT = 500  # characters; percent-encoding makes up to three of each
Handler = Callable[[HttpRequest], HttpResponse]


def HeadersOnAll(get_response: Handler) -> Handler:  # noqa: N802
    """Put the headers of SecurityMiddleware on what never came so far, too.

    That is the answer to a name of the site which is none of ours: it is refused while
    SecurityMiddleware asks for it, so this stands outside, and adds nothing twice.
    """
    security = SecurityMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = security.process_response(
            request, get_response(request)
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Reporting-Endpoints", 'csp="/csp-report"')
        if response.status_code == 429:
            # allauth's page says it in words alone.
            response.headers.setdefault("Retry-After", str(AFTER_TRIES))
        return response

    return middleware


def EmptyForHead(get_response: Handler) -> Handler:  # noqa: N802
    """Answer HEAD with the headers of GET alone; Django leaves that to the server.

    Gunicorn drops the body, too, but warns of each: monitoring asks by HEAD.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "HEAD":
            return response
        if response.streaming:
            response.streaming_content = ()  # type: ignore[attr-defined]
        else:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    return middleware


def RefuseOtherMethods(get_response: Handler) -> Handler:  # noqa: N802
    """No page of ours is traced, put or deleted: the rest of HTTP is not spoken."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in METHODS:
            return get_response(request)
        return not_allowed(request, METHODS)

    return middleware


def RefuseBadText(get_response: Handler) -> Handler:  # noqa: N802
    """Refuse addresses that no text column could hold: NUL, or bytes that are no UTF-8.

    What is typed into a form is left to the form, which says it beside the field.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        raw = f"{request.META.get('PATH_INFO', '')}?{request.META['QUERY_STRING']}"
        try:
            text = unquote_to_bytes(raw).decode()
        except UnicodeError:
            return bad_request(request)
        return bad_request(request) if "\x00" in text else get_response(request)

    return middleware


def RefuseLargeBody(get_response: Handler) -> Handler:  # noqa: N802
    """Answer 413 to a body larger than any form of ours, without keeping any of it.

    Some of it is read and thrown away: a browser that is still sending would show its
    own error in place of our page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length) <= settings.REQUEST_MAX_BYTES:
            return get_response(request)
        until = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < until and request.META["wsgi.input"].read(2**16):
            pass
        return too_large(request)

    return middleware


def HealthFirst(get_response: Handler) -> Handler:  # noqa: N802
    """Answer these before anything asks who is signed in: none of them is a visit."""
    views = {
        reverse_lazy("healthz"): healthz,
        reverse_lazy("readyz"): readyz,
        reverse_lazy("policy_report"): policy_report,
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        for address, view in views.items():
            if request.path_info == str(address):
                return view(request)
        return get_response(request)

    return middleware


def ChosenLanguage(get_response: Handler) -> Handler:  # noqa: N802
    """Speak the language that was chosen: the cookie's, else the office's own.

    The browser's wish (Accept-Language) is not asked: Chinese is the default here.
    """
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        _speak(request, chosen if chosen in known else settings.LANGUAGE_CODE)
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    return middleware


def LanguageOfAccount(get_response: Handler) -> Handler:  # noqa: N802
    """An account's own choice goes with it to every machine."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            language = getattr(request.user, "language", "")
            if language in known:
                _speak(request, language)
        return get_response(request)

    return middleware


def LimitedSession(get_response: Handler) -> Handler:  # noqa: N802
    """End sessions at their limits, and lead to what must be set before all else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_in = (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and request.user.is_authenticated
        )
        if is_in and (why := _is_over(request)):
            auth.logout(request)
            request.session["ended"] = why
        response = get_response(request)
        if signed_in := getattr(request, "signed_in", None):
            remember_browser(request, response, signed_in)
        return response

    def process_view(
        request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        state = request.session.get(STATE)
        if not state or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        now = int(timezone.now().timestamp())
        is_old = now - state["seen"] >= state["idle"] // TOUCHES
        if is_old and not _is_by_itself(request, name):
            request.session[STATE] = state | {"seen": now}
        if not state["first"] or name in BEFORE_ALL_ELSE:
            return None
        if not getattr(view, "login_required", True):
            return None
        first = still_first(state, request.user)
        request.session[STATE] = request.session[STATE] | {"first": first}
        if not first:
            return None
        return redirect("mfa_index" if FACTOR in first else "account_change_password")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _is_over(request: HttpRequest) -> str:
    """Why the session may not go on: `unknown`, `idle` or `long`; empty if it may."""
    state = request.session.get(STATE)
    if not state or state["account"] != request.user.pk:
        return "unknown"
    now = timezone.now().timestamp()
    if now > state["until"]:
        return "long"
    return "idle" if now - state["seen"] > state["idle"] else ""


def _is_by_itself(request: HttpRequest, name: str) -> bool:
    """Whether the page asked, and nobody at the keyboard."""
    if name == "session_state":
        return request.method != "POST"
    return name in POLLED or "X-Background" in request.headers


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


class LoginRequired(LoginRequiredMiddleware):
    """Django's own, with a short way back: servers refuse long answers' headers."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        back = request.get_full_path()
        if len(back) > LONGEST_NEXT:
            back = request.path if len(request.path) <= LONGEST_NEXT else "/"
        return redirect_to_login(back, self.get_login_url(view_func))


def ExplainNotAllowed(get_response: Handler) -> Handler:  # noqa: N802
    """Put a page where Django answers 405 with nothing: a form's address, come back to.

    After a sign-in that had expired, a browser asks by GET for what it had sent.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        return not_allowed(request, response.headers["Allow"].split(", "))

    return middleware


def PrivatePages(get_response: Handler) -> Handler:  # noqa: N802
    """No proxy and no shared browser keeps what a signed-in person has read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware
