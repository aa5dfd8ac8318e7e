"""A browser knows again who has signed in with it, without saying who that is."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cadres.actions.try_sign_in import known_mark
from cadres.models import Account

SALT = "known_browser"
COOKIE = f"{settings.COOKIE_PREFIX}{SALT}"
MOST = 10  # accounts in one browser, the newest kept
DAYS = 180


def is_known_browser(request: HttpRequest, *, username: str) -> bool:
    if not _marks(request):
        return False
    account = Account.objects.filter(username__iexact=username.strip()).first()
    return account is not None and knows(request, account)


def knows(request: HttpRequest, account: Account) -> bool:
    return known_mark(account) in _marks(request)


def _marks(request: HttpRequest) -> list[str]:
    signed = request.get_signed_cookie(
        COOKIE, default="", salt=SALT, max_age=DAYS * 86400
    )
    return signed.split(".") if signed else []


def remember_browser(
    request: HttpRequest, response: HttpResponseBase, account: Account
) -> None:
    mark = known_mark(account)
    marks = [mark, *(it for it in _marks(request) if it != mark)][:MOST]
    response.set_signed_cookie(
        COOKIE,
        ".".join(marks),
        salt=SALT,
        max_age=DAYS * 86400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
