"""How allauth signs people in here: its adapters, and what follows a sign-in."""

from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.actions.set_password import set_own_password
from cadres.actions.try_sign_in import (
    Locked,
    count_try,
    forgive_try,
    one_at_a_time,
)
from cadres.confirm import is_confirmed
from cadres.models import Account
from cadres.models.factor_secret import open_secret, seal_secret
from config.audit import write_lock_out
from config.known_browser import is_known_browser


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        name = credentials.get("username") or ""
        try:
            self._count(request, name)
        except ValidationError as refusal:
            is_of_name = isinstance(refusal, Locked)
            write_lock_out(request, name, is_of_name=is_of_name)
            raise

    def _count(self, request: HttpRequest, name: str) -> None:
        """Count the try first, also at names that nobody has.

        What others do at the same address is held against no browser that is known.
        """
        is_known = is_known_browser(request, username=name)
        if not is_known:
            self._login_failed_rl_usage = ratelimit.consume(
                request, app="allauth.account", action="password_failed"
            )
            if not self._login_failed_rl_usage:
                raise self.validation_error("too_many_login_attempts")
        self.counted = count_try(username=name, is_known=is_known, now=timezone.now())

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        with one_at_a_time(credentials.get("username") or ""):
            user = super().authenticate(request, **credentials)
            if user:
                forgive_try(self.counted)
        return user

    def get_login_stages(self) -> list[str]:
        theirs = "allauth.mfa.stages.AuthenticateStage"
        ours = "config.oidc.SecondFactorStage"
        return [ours if it == theirs else it for it in super().get_login_stages()]

    def set_password(self, user: Account, password: str) -> None:
        request = self.request
        set_own_password(
            user,
            password,
            now=timezone.now(),
            session=request.session.session_key if request else None,
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not is_confirmed(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page of ours for all of them."""
        address = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "", "url": address}]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where to begin: each role at the page of its own work."""
        user = request.user
        if user.has_perm("visits.view_visit"):
            return reverse("visits:today")
        if user.has_perm("cadres.view_account"):
            return reverse("cadres:account_list")
        if user.has_perm("visits.view_district_report"):
            return reverse("visits:report_districts")
        return reverse("visits:today")


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted in the database; the code to scan is drawn by segno."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Take the one shown now."),
    }

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url, error="m").save(
            drawn, kind="svg", xmldecl=False, scale=5, border=2, light="#fff"
        )
        return drawn.getvalue().decode()

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.username, "display_name": user.name}

    def generate_authenticator_name(
        self,
        user: Account,
        type: Authenticator.Type,  # noqa: A002
    ) -> str:
        return ""
