from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from cadres.checks import application_owns_nothing


class CadresConfig(AppConfig):
    name = "cadres"
    verbose_name = _("Cadres")

    def ready(self) -> None:
        checks.register(application_owns_nothing, checks.Tags.database)
