from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput


class PeriodForm(forms.Form):
    """From one day to another, both included, or without an end."""

    first = forms.DateField(label=_("From"), widget=DayInput)
    last = forms.DateField(label=_("To"), widget=DayInput, required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            text = _("The last day lies before the first.")
            self.add_error("last", ValidationError(text, code="ends_first"))
        return typed
