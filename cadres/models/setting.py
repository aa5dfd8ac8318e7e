from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.rules.settings import SETTINGS

if TYPE_CHECKING:
    from django.utils.functional import Promise


def default_of(name: str) -> int:
    """What holds until someone sets it: the demo asks for less at its door."""
    found: int = settings.SETTING_DEFAULTS.get(name, SETTINGS[name].default)
    return found


class SettingQuerySet(models.QuerySet["Setting"]):
    def as_dict(self) -> dict[str, int]:
        """Every setting's value, in one query: the office's own, else the default."""
        own = dict(self.values_list("name", "value"))
        return {name: own.get(name, default_of(name)) for name in SETTINGS}


class Setting(models.Model):
    """What an office has set itself; anything else stands at its default."""

    name = models.CharField(_("name"), max_length=50, primary_key=True)
    value = models.PositiveIntegerField(_("value"))

    objects = SettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("setting")

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class SettingChange(models.Model):
    """Who set what, when; None stands for the default. The database refuses edits."""

    name = models.CharField(_("name"), max_length=50)
    before = models.PositiveIntegerField(null=True)
    after = models.PositiveIntegerField(null=True)
    by = models.ForeignKey("cadres.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of a setting")
        indexes = [models.Index(fields=["-at", "-id"], name="setting_change_newest")]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.after}"

    @property
    def label(self) -> "str | Promise":
        """What the setting is called; its key if the product no longer has it."""
        return SETTINGS[self.name].label if self.name in SETTINGS else self.name
