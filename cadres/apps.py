from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core import checks
from django.db.models.signals import post_save
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
        from allauth.mfa.models import Authenticator  # models are ready only now
        from allauth.mfa.signals import authenticator_used

        # allauth's own word of it comes when the transaction is over already.
        post_save.connect(_factor_added, Authenticator, dispatch_uid="factor_added")
        authenticator_used.connect(_factor_used, dispatch_uid="factor_used")


def _begin_session(request: Any, user: Any, **_more: Any) -> None:
    from cadres.actions.begin_session import begin_session  # models are ready by now

    begin_session(request, user, now=timezone.now())
    request.signed_in = user


def _factor_added(instance: Any, created: bool, raw: bool, **_more: Any) -> None:
    if not created or raw:
        return
    user = instance.user
    if instance.type == instance.Type.RECOVERY_CODES:
        user.events.create(kind="codes_made", by=user)
        return
    about = {"what": instance.data.get("name", "")}
    user.events.create(kind="factor_added", by=user, about=about)


def _factor_used(user: Any, authenticator: Any, **_more: Any) -> None:
    if authenticator.type == authenticator.Type.RECOVERY_CODES:
        user.events.create(kind="code_used", by=user)
