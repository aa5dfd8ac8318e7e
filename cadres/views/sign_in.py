"""Around signing in: confirming who it is, coming back, taking over an account."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cadres.actions.invite import accept_invitation
from cadres.confirm import answered, confirm_page, is_accepted
from cadres.forms.sheet import show_refusal
from cadres.forms.welcome import WelcomeForm
from cadres.http import AuthedRequest, way_to
from cadres.models.session import STATE


@sensitive_post_parameters()
def confirm(request: AuthedRequest) -> HttpResponse:
    """Confirm who it is, then go on where one was about to go."""
    back = way_to(request, request.GET.get("next", ""))
    back = back or get_adapter().get_login_redirect_url(request)
    form = answered(request)[0] if request.method == "POST" else None
    if is_accepted(request, form):
        return redirect(back)
    return confirm_page(request, form, back=back)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_state(request: HttpRequest) -> JsonResponse:
    """Whose session this is, for the script that watches over it.

    GET is no use of it; POST says that someone is at the keyboard.
    """
    state = request.session.get(STATE) if request.user.is_authenticated else None
    if not state:
        return JsonResponse({"account": None})
    return JsonResponse(
        {
            "account": state["account"],
            "seen": state["seen"],
            "token": get_token(request),
        }
    )


@require_safe
def signed_in_again(request: AuthedRequest) -> HttpResponse:
    """Where a sign-in leads that was begun beside a page with unsent words."""
    return render(request, "account/again.html")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Take over an account with the code of an invitation, and sign in."""
    too_many: HttpResponse | None = ratelimit.consume_or_429(request, action="welcome")
    if too_many:
        return too_many
    form = WelcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            account = accept_invitation(
                username=typed["username"],
                code=typed["code"],
                password=typed["password"],
                now=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            response: HttpResponse
            try:
                response = perform_login(request, Login(user=account))
            except ImmediateHttpResponse as instead:
                response = instead.response
            return response
    status = 422 if form.errors else 200
    return render(request, "account/welcome.html", {"form": form}, status=status)
