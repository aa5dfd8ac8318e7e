from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
