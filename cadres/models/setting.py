from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.rules.settings import SETTINGS


class SettingQuerySet(models.QuerySet["Setting"]):
    def as_dict(self) -> dict[str, int]:
        """Every setting's value, in one query: the office's own, else the default."""
        own = dict(self.values_list("name", "value"))
        return {name: own.get(name, it.default) for name, it in SETTINGS.items()}


class Setting(models.Model):
    """What an office has set itself; anything else stands at its default."""

    name = models.CharField(_("name"), max_length=50, primary_key=True)
    value = models.PositiveIntegerField(_("value"))

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("setting")

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"
