from django.http import HttpRequest

from cadres.models import Account


class AuthedRequest(HttpRequest):
    """A request whose user is signed in: what every view behind the login gets."""

    user: Account
