from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core import checks
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.checks import application_owns_nothing


class CadresConfig(AppConfig):
    name = "cadres"
    verbose_name = _("Cadres")

    def ready(self) -> None:
        checks.register(application_owns_nothing, checks.Tags.database)
        # Every way in ends in Django's login(), which says so by this signal alone.
        user_logged_in.connect(_begin_session, dispatch_uid="begin_session")
        from allauth.mfa import signals  # its models are ready only now

        signals.authenticator_added.connect(_factor_added, dispatch_uid="factor_added")
        signals.authenticator_reset.connect(_codes_made, dispatch_uid="codes_made")


def _begin_session(request: Any, user: Any, **_more: Any) -> None:
    from cadres.actions.begin_session import begin_session  # models are ready by now

    begin_session(request, user, now=timezone.now())
    request.signed_in = user


def _factor_added(user: Any, authenticator: Any, **_more: Any) -> None:
    if authenticator.type == "recovery_codes":
        _codes_made(user)
        return
    about = {"what": authenticator.data.get("name", "")}
    user.events.create(kind="factor_added", by=user, about=about)


def _codes_made(user: Any, **_more: Any) -> None:
    user.events.create(kind="codes_made", by=user)
