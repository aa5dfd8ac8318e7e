"""My sign-in and security: second factors, password, where I am signed in."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.actions.begin_session import FACTOR, factors_of, needs_factor
from cadres.actions.end_sessions import end_session, sign_out_everywhere
from cadres.actions.second_factor import remove_factor, rename_factor
from cadres.confirm import confirm_first
from cadres.forms.factor import RenameFactorForm
from cadres.http import AuthedRequest
from cadres.models import Account, Session, Setting
from cadres.models.session import STATE

EVENTS = 10
MOST_SHOWN = 50  # the demo’s accounts are shared


@require_safe
def my_security(request: AuthedRequest) -> HttpResponse:
    user = request.user
    codes = Authenticator.objects.filter(
        user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    factors = list(factors_of(user).order_by("created_at", "pk"))
    rules = Setting.objects.as_dict()
    is_needed = needs_factor(user, rules)
    context = {
        "apps": [it for it in factors if it.type == Authenticator.Type.TOTP],
        "keys": [it for it in factors if it.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "is_needed": is_needed,
        "may_remove": len(factors) > 1 or not is_needed,
        "must_add": FACTOR in (request.session.get(STATE) or {}).get("first", []),
        "sessions": _sessions(request, idle=rules["signin.idle_minutes"]),
        "events": user.events.select_related("by").order_by("-at", "-pk")[:EVENTS],
        "section": "security",
    }
    return render(request, "cadres/security/security.html", context)


def _sessions(request: AuthedRequest, *, idle: int) -> list[dict[str, Any]]:
    """Those that are not over yet, the latest first."""
    here = request.session.session_key
    since = timezone.now() - timedelta(minutes=idle)
    rows = request.user.sessions.filter(seen_at__gt=since).order_by("-seen_at")
    return [
        {"row": row, "mark": _mark(row), "is_here": row.session_key == here}
        for row in rows[:MOST_SHOWN]
    ]


def _mark(session: Session) -> str:
    """A name for it in a form: the key itself would let others in."""
    return salted_hmac("session", session.session_key).hexdigest()[:20]


@require_POST
@confirm_first
def factor_remove(request: AuthedRequest, pk: int) -> HttpResponse:
    try:
        remove_factor(request.user, key=pk)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The second factor is removed."))
    return redirect("mfa_index")


@require_POST
@confirm_first
def factor_rename(request: AuthedRequest, pk: int) -> HttpResponse:
    form = RenameFactorForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(form.errors["name"].as_data())
        rename_factor(request.user, key=pk, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The name is changed."))
    return redirect("mfa_index")


@require_POST
def session_end(request: AuthedRequest) -> HttpResponse:
    """End one of one's sessions, elsewhere."""
    mark = request.POST.get("session", "")
    here = request.session.session_key
    found = next((it for it in request.user.sessions.all() if _mark(it) == mark), None)
    try:
        if found is None or found.session_key == here:
            raise ValidationError(_("This session has ended already."), code="gone")
        end_session(request.user, key=found.session_key)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The session is ended."))
    return redirect("mfa_index")


@require_POST
def sessions_end(request: AuthedRequest) -> HttpResponse:
    """Sign out on all other devices."""
    user: Account = request.user
    sign_out_everywhere(user, by=user, but=request.session.session_key)
    messages.success(request, _("You are signed out on all other devices."))
    return redirect("mfa_index")
