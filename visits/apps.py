from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from visits.checks import files_are_scanned


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = _("Visits")

    def ready(self) -> None:
        checks.register(files_are_scanned, checks.Tags.security, deploy=True)
