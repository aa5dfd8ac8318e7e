from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from config.audit import write_failed_sign_in


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            write_failed_sign_in("locked_out", credentials.get("username", ""))
            raise

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
