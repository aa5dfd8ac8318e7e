"""Sign-in at an office's own identity provider (OpenID Connect), off unless configured.

The administrator says for each account who it is there; nobody becomes someone by a
mail address, and no account is made.
"""

import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest, way_to
from cadres.models import Account, Setting

# What a provider says of how it was proven (RFC 8176) that counts as two factors.
TWO_FACTORS = {"mfa", "hwk", "otp"}
OFF = 60  # seconds by which their clock may differ from ours


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth's own, that checks the signature also of what came straight from it."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        configured = app.settings["server_url"].partition("/.well-known/")[0]
        try:
            if self.openid_config["issuer"].rstrip("/") != configured.rstrip("/"):
                raise OAuth2Error("It calls itself another than the one configured")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise OAuth2Error("The token or its keys are no such things") from fault
        if not claims.get("sub"):
            raise OAuth2Error("No subject in the token")
        return claims


class KnownPeopleAlone(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account that the administrator gave this subject, or stop here."""
        subject = sociallogin.account.uid
        account = Account.objects.filter(provider_subject=subject).first()
        if not subject or account is None:
            raise ImmediateHttpResponse(_failed(request, is_known=False))
        sociallogin.user = account
        claims = sociallogin.account.extra_data.get("id_token") or {}
        if sociallogin.state.get("process") == AuthProcess.REDIRECT:
            # Nobody signs in by it: who is signed in confirms who they are.
            if not _is_fresh(request, sociallogin, claims):
                raise ImmediateHttpResponse(_failed(request, is_known=True))
            record_authentication(request, account, "oidc", reauthenticated=True)
            return
        proven = TWO_FACTORS.intersection(_words(claims.get("amr")))
        if proven and Setting.objects.as_dict()["oidc.trust_amr"]:
            request.factor_proven = True  # type: ignore[attr-defined]

    def on_authentication_error(
        self, request: HttpRequest, *_a: Any, **_k: Any
    ) -> None:
        raise ImmediateHttpResponse(_failed(request, is_known=True))


def _is_fresh(request: HttpRequest, sociallogin: Any, claims: dict[str, Any]) -> bool:
    """Whether the same person has just proven it there anew, as we asked for."""
    asked = (sociallogin.state.get("data") or {}).get("confirm_at")
    at = claims.get("auth_time")
    return (
        request.user == sociallogin.user
        and isinstance(asked, int)
        and isinstance(at, int | float)
        and not isinstance(at, bool)
        and asked - OFF <= at <= time.time() + OFF
    )


def _words(amr: Any) -> list[str]:
    return [it for it in amr if isinstance(it, str)] if isinstance(amr, list) else []


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor, unless the provider has, and is trusted in it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if getattr(request, "factor_proven", False):
            return False
        asked: bool = super()._should_handle(request)
        return asked


def _failed(request: HttpRequest, *, is_known: bool) -> HttpResponse:
    context = {"is_known": is_known}
    return render(request, "account/provider_failed.html", context, status=403)


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2CallbackView, request, provider_id)


@require_safe
def confirm(request: AuthedRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider, which is to ask who it is whether it knows them or not."""
    after = way_to(request, request.GET.get("next", "")) or reverse("mfa_index")
    try:
        found: HttpResponse = (
            Provider(request, provider_id)
            .get_provider()
            .redirect(
                request,
                AuthProcess.REDIRECT,
                next_url=after,
                data={"confirm_at": int(time.time())},
                auth_params={"prompt": "login", "max_age": "0"},
            )
        )
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return found


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        found: HttpResponse = view.adapter_view(Provider(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return found
