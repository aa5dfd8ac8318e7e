from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput


class Show(models.TextChoices):
    ALL = "all", _("All")
    LOG = "log", _("Mine to log")
    CONFIRM = "confirm", _("To confirm")
    PLANNED = "planned", _("Planned")


class VisitListForm(forms.Form):
    """Which visits a list shows."""

    show = forms.ChoiceField(
        label=_("Show"), choices=Show.choices, required=False, initial=Show.ALL
    )
    first = forms.DateField(label=_("From"), required=False, widget=DayInput)
    last = forms.DateField(label=_("To"), required=False, widget=DayInput)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return typed
