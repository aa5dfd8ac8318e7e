from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
