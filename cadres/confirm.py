"""Before a sensitive act: who is it really? Answered by a password, code or key.

What was typed into the form that asks for the act stays in the page: it is sent once
more with the answer, and kept nowhere in between.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.models.session import STATE

View = Callable[..., HttpResponse]
PREFIX = "confirm"


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the person signed in or confirmed themselves within the time of grace."""
    minutes = Setting.objects.as_dict()["signin.step_up_minutes"]
    if not minutes:
        return True
    state = request.session.get(STATE) or {"at": 0}
    times = [state["at"]] + [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated")
    ]
    return bool(time.time() - max(times) < minutes * 60)


def confirm_first(view: View) -> View:
    """Ask who it is before the act: at POST, and at GET where nothing else is."""
    return _asking(view, ("POST",))


def confirm_to_read(view: View) -> View:
    """Ask who it is also before the page is shown."""
    return _asking(view, ("GET", "HEAD", "POST"))


def confirm_to_take(*, back_to: str) -> Callable[[View], View]:
    """Ask before a download, and lead back to the page where it stands: a browser that
    is led to a file stays on the page that asked.
    """
    return lambda view: _asking(view, ("GET", "HEAD", "POST"), back_to=back_to)


def _asking(view: View, methods: tuple[str, ...], *, back_to: str = "") -> View:
    @wraps(view)
    def asked(request: AuthedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods or is_confirmed(request):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            after = reverse(back_to) if back_to else request.get_full_path()
            query = urlencode({"next": after})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")
        form, again = answered(request)
        if is_accepted(request, form):
            request.POST = again
            return view(request, *args, **kwargs)
        return confirm_page(request, form)

    return asked


def answered(request: AuthedRequest) -> tuple[forms.Form | None, Any]:
    """The form of the answer, if there is one, and what was posted without it."""
    rest = request.POST.copy()
    found: forms.Form | None = None
    for name, kind in (
        ("password", ReauthenticateForm),
        ("code", CodeForm),
        ("credential", ReauthenticateWebAuthnForm),
    ):
        value = rest.pop(f"{PREFIX}-{name}", [""])[-1]
        if value and found is None:
            found = kind(data={name: value}, user=request.user)
    return found, rest


@transaction.atomic
def is_accepted(request: AuthedRequest, form: forms.Form | None) -> bool:
    """Whether the answer is right; then it counts, and a code of it is used up."""
    if form is None or not form.is_valid():
        return False
    if isinstance(form, ReauthenticateForm):
        record_authentication(
            request, request.user, method="password", reauthenticated=True
        )
    else:
        form.save()  # type: ignore[attr-defined]
    return True


def confirm_page(
    request: AuthedRequest, form: forms.Form | None, *, back: str = ""
) -> HttpResponse:
    """Ask; with what was posted, so that the answer takes it along."""
    types = set(
        Authenticator.objects.filter(user_id=request.user.pk).values_list(
            "type", flat=True
        )
    )
    has_key = Authenticator.Type.WEBAUTHN in types
    has_password = request.user.has_usable_password()
    asks_provider = bool(
        settings.SOCIALACCOUNT_PROVIDERS
        and request.user.provider_subject
        and not types
        and not has_password
    )
    _form, rest = answered(request)
    rest.pop("csrfmiddlewaretoken", None)
    context = {
        "asks_code": bool(types - {Authenticator.Type.WEBAUTHN}),
        "asks_password": not types and has_password,
        "asks_provider": asks_provider,
        "provider": settings.OIDC_NAME,
        "asks_key": has_key,
        "faults": [text for texts in form.errors.values() for text in texts]
        if form
        else [],
        "fields": [(name, value) for name, values in rest.lists() for value in values],
        "back": back,
    }
    if has_key:
        context["key_data"] = {"request_options": begin_authentication(request.user)}
    status = 422 if form else 200
    return render(request, "account/confirm.html", context, status=status)
